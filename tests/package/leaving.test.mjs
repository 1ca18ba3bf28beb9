// What does the server see when a page is left?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

describe("a page that is left", () => {
  const page = consumerPage();
  let first;
  before(async () => (first = await page.driver.getWindowHandle()));

  /** A tab of its own, in which a page holds an open socket; and what the server sees of that. */
  async function openTab() {
    const id = freshId();
    const watched = await watch(page.server, id);
    await page.driver.switchTo().newWindow("tab");
    await page.open();
    await hold(id);
    return { id, watched };
  }

  async function hold(id) {
    await page.run(async (path) => {
      globalThis.held = await openSocket(path);
      globalThis.told = next(held, "close").then(({ code, wasClean }) => ({ code, wasClean }));
    }, `/ws/echo?watch=${id}`);
  }

  async function closeTab() {
    await page.driver.close();
    await page.driver.switchTo().window(first);
  }

  const goingAway = { event: "close", code: 1001, reason: "", clean: true };

  test("closing its tab is 1001 in every engine", async () => {
    const { watched } = await openTab();
    await closeTab();
    assert.deepEqual(await watched.close(), goingAway);
  });

  test("reloading it is 1001 in every engine", async () => {
    const { watched } = await openTab();
    await page.driver.navigate().refresh();
    assert.deepEqual(await watched.close(), goingAway);
    await closeTab();
  });

  test("going to another page is 1001 at once in Firefox and WebKit, and nothing yet in Chromium", async () => {
    const { id, watched } = await openTab();
    await page.driver.get(`${page.server.url}/?another`);
    if (page.name === "firefox") assert.deepEqual(await watched.close(), goingAway);
    if (page.name === "webkit") {
      // it says why: the page waits in the back-forward cache
      assert.deepEqual(await watched.close(), { ...goingAway, reason: "WebSocket is closed due to suspension." });
    }
    if (page.name === "chromium") {
      // the page waits in the back-forward cache with its socket open: the next page's socket opens, and no close has come
      await page.run(() => everwire.init().then(() => null));
      await hold(id);
      const opened = () => watched.seen.filter(({ event }) => event === "open").length;
      await watched.event("the second socket", () => opened() === 2);
      assert.equal(watched.seen.filter(({ event }) => event === "close").length, 0);
    }
    await closeTab();
  });

  test("coming back finds the socket closed: 1006 for the page, whatever the server saw", async () => {
    const { watched } = await openTab();
    await page.run(() => (globalThis.sameDocument = true));
    await page.driver.get(`${page.server.url}/?another`);
    await page.driver.navigate().back();
    const kept = await page.run(() => globalThis.sameDocument === true);
    // Firefox does not keep a page that holds a socket: it is loaded anew, and its own socket is gone with it
    assert.equal(kept, page.name !== "firefox");
    if (kept) assert.deepEqual(await page.run(() => told), { code: 1006, wasClean: false });
    assert.equal((await watched.close()).code, 1001);
    await closeTab();
  });
});
