// Does the page show how a connection opens, and every way in which it ends?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";

const CLOSE = "#closing [data-field=close]";

describe("opening and closing", () => {
  let driver;
  let server;
  before(async () => {
    ({ driver } = await openBrowser());
    server = await startServer();
  });

  async function connect(page, protocols = "soap, wamp") {
    await page.fill("#closing [name=protocols]", protocols);
    await page.click("#closing form[name=offer] button");
    await page.opens("#closing");
  }

  test("of soap and wamp the server picks soap; extensions, url and state are shown", async () => {
    const page = await openDemo(driver, server);
    await connect(page);
    await page.shows("#closing-log", '"chosen":"soap"');
    const { readyState, protocol, extensions, url, bufferedAmount, close } = await page.connection("#closing");
    assert.deepEqual(
      { readyState, protocol, url, bufferedAmount, close },
      { readyState: "1 OPEN", protocol: "soap", url: server.ws("/ws/protocol"), bufferedAmount: "0", close: "none yet" },
    );
    assert.match(extensions, /^permessage-deflate/);
  });

  test("protocols that the server does not speak are not picked", async () => {
    const page = await openDemo(driver, server);
    await connect(page, "");
    await page.shows("#closing-log", '"chosen":null');
    assert.equal((await page.connection("#closing")).protocol, "none");
  });

  test("a name that no subprotocol can have is refused with a sentence", async () => {
    const page = await openDemo(driver, server);
    await page.fill("#closing [name=protocols]", "two words");
    await page.click("#closing form[name=offer] button");
    await page.shows("#closing-log", "SyntaxError: ");
  });

  test("the page's code and reason reach the server, and come back clean", async () => {
    const id = freshId();
    const watched = await watch(server, id);
    const page = await openDemo(driver, server, { watch: id });
    await connect(page);
    await page.click("#closing [value=here]");
    await page.shows(CLOSE, /^1000 \(Normal Closure\).*, clean$/); // the reason is the server's to repeat or not
    const seen = await watched.event("the close", ({ reason }) => reason === "Work complete");
    assert.deepEqual(seen, { event: "close", code: 1000, reason: "Work complete", clean: true });
  });

  test("a code that a page may not send is refused with a sentence, and the connection stays", async () => {
    const page = await openDemo(driver, server);
    await connect(page);
    await page.fill("#closing [name=code]", "999");
    await page.click("#closing [value=here]");
    await page.shows("#closing-log", "InvalidAccessError: ");
    assert.equal((await page.connection("#closing")).readyState, "1 OPEN");
  });

  for (const [code, name] of [
    [1001, "Going Away"],
    [1009, "Message Too Big"],
    [1011, "Internal Error"],
    [4401, "no registered name"],
  ]) {
    test(`the server's ${code} is shown as ${name}`, async () => {
      const page = await openDemo(driver, server);
      await page.fill("#closing [name=code]", String(code));
      await page.fill("#closing [name=reason]", "because");
      await page.click("#closing [value=there]");
      await page.shows(CLOSE, `${code} (${name}) "because", clean`);
    });
  }

  test("a close without a code is 1005", async () => {
    const page = await openDemo(driver, server);
    await page.fill("#closing [name=code]", "");
    await page.click("#closing [value=there]");
    await page.shows(CLOSE, "1005 (No Status Received), clean");
  });

  test("a wire that is cut is 1006 and not clean", async () => {
    const page = await openDemo(driver, server);
    await page.click("#closing [value=cut]");
    await page.shows(CLOSE, "1006 (Abnormal Closure), not clean");
  });
});
