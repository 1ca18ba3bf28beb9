// Does the package work in each kind of worker, in modules and in scripts of the old kind?

import { join } from "node:path";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { serveFiles } from "../webdriver/files.mjs";
import { openRoom } from "../webdriver/room.mjs";

describe("a worker", () => {
  let browser;
  let room;
  let files;
  before(async () => {
    browser = await openBrowser();
    room = await openRoom();
    files = await serveFiles(join(root, "target/consumers/workers"));
  });

  for (const kind of ["dedicated", "shared", "service"]) {
    for (const type of ["module", "classic"]) {
      test(`chats: ${kind}, ${type}`, async () => {
        await room.hearsPage(browser, `${files.url}/page.html?kind=${kind}&type=${type}`, `${kind} ${type}`);
      });
    }
  }
});
