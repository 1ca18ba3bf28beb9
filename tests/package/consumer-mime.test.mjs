// Does `everwire/slim` load from a server that does not know what .wasm is?

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { serveFiles } from "../webdriver/files.mjs";
import { openRoom } from "../webdriver/room.mjs";

describe("a .wasm that is served as something else", () => {
  let browser;
  let room;
  before(async () => {
    browser = await openBrowser();
    room = await openRoom();
  });

  for (const type of ["application/octet-stream", "text/plain", ""]) {
    test(`is loaded all the same: "${type}"`, async () => {
      const files = await serveFiles(join(root, "target/consumers/plain"), { types: { ".wasm": type } });
      await room.hearsPage(browser, `${files.url}/slim.html`, `served as ${type}`);
      assert.equal(files.asked.filter((path) => path.endsWith(".wasm")).length, 1, "it is fetched once, not once more");
    });
  }
});
