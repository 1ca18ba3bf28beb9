// Does all of it run over wss:// as well?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { HELLO_LOG, openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";

describe("with --tls", () => {
  let driver;
  let server;
  before(async () => {
    ({ driver } = await openBrowser());
    server = await startServer({ options: ["--tls"] });
    assert.match(server.url, /^https:/);
  });

  test("hello runs over wss", async () => {
    const page = await openDemo(driver, server);
    await page.shows("#hello-log", "[close]");
    assert.deepEqual(await page.texts("#hello-log > div"), HELLO_LOG);
    assert.equal((await page.connection("#hello")).url, server.ws("/ws/hello"));
  });

  test("chat runs over wss", async () => {
    const page = await openDemo(driver, server);
    await page.opens("#chat");
    assert.equal((await page.connection("#chat")).url, server.ws("/ws/chat"));
    await page.say("nobody between can read this");
    await page.shows("#messages", "nobody between can read this");
  });
});
