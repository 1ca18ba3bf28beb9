// Does the page run the article's first example?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { HELLO_LOG, openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";

describe("hello", () => {
  let driver;
  before(async () => ({ driver } = await openBrowser()));

  test("the log shows open, message and a clean close, word for word", async () => {
    const page = await openDemo(driver, await startServer());
    await page.shows("#hello-log", "[close]");
    assert.deepEqual(await page.texts("#hello-log > div"), HELLO_LOG);
    const { readyState, close } = await page.connection("#hello");
    assert.deepEqual([readyState, close], ["3 CLOSED", '1000 (Normal Closure) "Bye!", clean']);
  });

  test("it runs again with another name, and not twice at once", async () => {
    const page = await openDemo(driver, await startServer());
    await page.shows("#hello-log", "[message]");
    await page.click("#hello form button"); // too early
    await page.shows("#hello-log", "[close]");
    assert.equal((await page.texts("#hello-log > div")).length, 4);

    await page.fill("#hello [name=text]", "My name is Ada");
    await page.click("#hello form button");
    await page.shows("#hello-log", "Hello from server, Ada!");
    assert.equal((await page.texts("#hello-log > div")).length, 3, "the log starts anew");
  });

  test("killing the server under it shows that the connection died", async () => {
    const server = await startServer();
    const page = await openDemo(driver, server);
    await page.shows("#hello-log", "[message]");
    await server.kill();
    await page.shows("#hello-log", "[close]");
    assert.equal((await page.texts("#hello-log > div")).at(-1), "[close] Connection died");
    assert.equal((await page.connection("#hello")).close, "1006 (Abnormal Closure), not clean");
  });

  test("a server that is gone shows an error and a death", async () => {
    const server = await startServer();
    const page = await openDemo(driver, server);
    await page.shows("#hello-log", "[message]");
    await server.kill();
    await page.shows("#hello-log", "[close]");
    await page.click("#hello form button");
    await page.shows("#hello-log", /^\[error\] .*\[close\] Connection died$/);
  });
});
