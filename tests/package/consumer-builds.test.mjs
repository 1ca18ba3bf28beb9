// Does the package work in what each build tool makes of it? consumers/build.mjs has built the projects.

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { serveFiles } from "../webdriver/files.mjs";
import { until } from "../webdriver/until.mjs";
import { openRoom } from "../webdriver/room.mjs";

const built = join(root, "target/consumers");

/** The pages of each project. */
const PAGES = {
  "plain": ["embedded", "slim"],
  "typescript": ["embedded", "slim"],
  "vite/dist": ["embedded", "slim", "slim-by-url", "worker", "unused"],
  "vite-previous/dist": ["embedded", "slim", "slim-by-url", "worker", "unused"],
  "webpack/dist": ["embedded", "slim", "worker", "unused"],
  "rollup/dist": ["embedded", "slim", "unused"],
  "esbuild/dist": ["embedded", "slim", "slim-by-url", "unused"],
};

describe("a page that is built", () => {
  let browser;
  let room;
  before(async () => {
    browser = await openBrowser();
    room = await openRoom();
  });

  for (const [project, pages] of Object.entries(PAGES)) {
    for (const page of pages.filter((page) => page !== "unused")) {
      test(`chats: ${project}, ${page}`, async () => {
        const files = await serveFiles(join(built, project));
        await room.hearsPage(browser, `${files.url}/${page}.html`, `${project} ${page}`);
        const fetched = files.asked.filter((path) => path.endsWith(".wasm"));
        assert.equal(fetched.length, page.startsWith("slim") ? 1 : 0, "the .wasm is fetched where it is beside, and once");
      });
    }
    if (!pages.includes("unused")) continue;
    test(`has nothing of what it does not use: ${project}`, async () => {
      const files = await serveFiles(join(built, project));
      await browser.driver.get(`${files.url}/unused.html`);
      const text = () => browser.driver.executeScript("return document.body.textContent");
      await until("the page's script has run", async () => (await text()).includes("nothing of it is used"));
      const scripts = files.sent.filter(({ path }) => path.endsWith(".js"));
      const bytes = scripts.reduce((sum, { length }) => sum + length, 0);
      assert.ok(bytes < A_FEW, `it loads ${JSON.stringify(scripts)}`);
    });
  }

  test("chats: a Rust application, by Client and by Socket", async () => {
    const files = await serveFiles(join(built, "rust-app"));
    await room.hearsPage(browser, `${files.url}/index.html`, "Rust", ["Rust (Client)", "Rust (Socket)"]);
  });
});

/** 1,000 bytes: the page's own 60, and 700 of Vite's for browsers that do not preload modules. */
const A_FEW = 1_000;
