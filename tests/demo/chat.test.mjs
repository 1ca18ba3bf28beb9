// Does the page chat as the article does?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { Key } from "selenium-webdriver";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";

const MESSAGES = "#messages > div";

describe("chat", () => {
  let driver;
  let run;
  let server;
  before(async () => {
    ({ driver, run } = await openBrowser());
    server = await startServer();
  });

  /** A chat that is connected. */
  async function openChat(options) {
    const page = await openDemo(driver, server, options);
    await page.opens("#chat");
    return page;
  }

  test("what one tab says arrives in both, newest first", async () => {
    const page = await openChat();
    const first = await driver.getWindowHandle();
    await driver.switchTo().newWindow("tab");
    const second = await driver.getWindowHandle();
    await openChat();

    await driver.switchTo().window(first);
    await page.say("first from A");
    await page.shows("#messages", "first from A");
    await page.say("second from A");
    await page.shows("#messages", "second from A");
    assert.deepEqual(await page.texts(MESSAGES), ["second from A", "first from A"]);

    await driver.switchTo().window(second);
    await page.shows("#messages", "second from A");
    assert.deepEqual(await page.texts(MESSAGES), ["second from A", "first from A"]);
    await page.say("and from B");
    await page.shows("#messages", "and from B");
    await driver.close();

    await driver.switchTo().window(first);
    await page.shows("#messages", "and from B");
    assert.deepEqual(await page.texts(MESSAGES), ["and from B", "second from A", "first from A"]);
  });

  test("60 characters arrive as 50, also when the 50th is an emoji", async () => {
    const page = await openChat();
    await page.say("x".repeat(60));
    await page.shows("#messages", "xx");
    await page.say(`${"y".repeat(49)}🎉${"z".repeat(10)}`);
    await page.shows("#messages", "yy");
    assert.deepEqual(await page.texts(MESSAGES), [`${"y".repeat(49)}🎉`, "x".repeat(50)]);
  });

  test("a message that contains markup is shown as text", async () => {
    const page = await openChat();
    const markup = "<img src=x onerror=\"document.title='no'\"><b>&amp;";
    await page.say(markup);
    await page.shows("#messages", "<img");
    assert.deepEqual(await page.texts(MESSAGES), [markup]);
    assert.deepEqual(await page.texts("#messages > div *"), [], "no element was made of it");
    assert.equal(await driver.getTitle(), "Everwire demo");
  });

  test("sending does not reload the page, empties the field, and keeps the focus there", async () => {
    const page = await openChat();
    await run(() => (globalThis.sameDocument = true));
    await page.say("still here");
    await page.shows("#messages", "still here");
    assert.equal(await run(() => globalThis.sameDocument === true), true);
    assert.equal(await driver.executeScript("return document.forms.publish.message.value"), "");
    assert.equal(await driver.executeScript("return document.activeElement.name"), "message");
    assert.equal(new URL(await driver.getCurrentUrl()).search, "");
  });

  test("an empty message is not sent", async () => {
    const id = freshId();
    const watched = await watch(server, id);
    const page = await openChat({ watch: id });
    await page.say("");
    await page.say("after the empty one");
    await page.shows("#messages", "after the empty one");
    assert.deepEqual(await page.texts(MESSAGES), ["after the empty one"]);
    const said = () => watched.seen.filter(({ event, bytes }) => event === "message" && bytes === 19);
    await until("the server sees the message", () => said().length > 0);
    assert.equal(watched.seen.filter(({ event, bytes }) => event === "message" && bytes === 0).length, 0);
  });

  test("the page holds the last 200 messages", async () => {
    const page = await openChat();
    await driver.executeScript(() => {
      const { publish } = document.forms;
      for (let number = 1; number <= 205; number++) {
        publish.message.value = `number ${number}`;
        publish.requestSubmit();
      }
    });
    await page.shows("#messages", "number 205");
    const texts = await page.texts(MESSAGES);
    assert.equal(texts.length, 200);
    assert.equal(texts[0], "number 205");
    assert.equal(texts.at(-1), "number 6");
  });

  test("a server that restarts is waited for, and nothing said meanwhile is lost, doubled or out of order", async () => {
    let own = await startServer();
    const { host } = own;
    const page = await openDemo(driver, own);
    await page.opens("#chat");
    await page.say("before");
    await page.shows("#messages", "before");
    await own.stop();
    await page.shows("#chat .notice", "Connection lost: 1001 (Going Away)");
    const spoken = Array.from({ length: 5 }, (_, number) => `meanwhile ${number}`);
    for (const text of spoken) await page.say(text);
    assert.match((await page.connection("#chat")).state, /^(waiting|connecting)$/);
    await page.shows("#chat [data-field=queued]", /^5 messages, /);

    own = await startServer({ addr: host });
    await page.opens("#chat");
    await page.say("after");
    await page.shows("#messages", "after");
    assert.deepEqual(await page.texts(MESSAGES), ["after", ...spoken.toReversed(), "before"]);
    assert.equal(await page.text("#chat .notice [role=status]"), "", "and nothing is told any more");
    await page.shows("#chat [data-field=queued]", "none");
  });

  test("a server that died is told as 1006, and the visitor can hurry the client", async () => {
    const own = await startServer();
    const page = await openDemo(driver, own);
    await page.opens("#chat");
    await own.kill();
    await page.shows("#chat .notice", "Connection lost: 1006 (Abnormal Closure).");
    await startServer({ addr: own.host });
    await driver.executeScript(() => document.querySelector("#chat .notice button").focus());
    await driver.actions().sendKeys(Key.ENTER).perform();
    await page.opens("#chat");
    assert.equal(await driver.executeScript("return document.activeElement.name"), "message", "the focus is not lost with the button");
  });

  test("a chat that ended for good says so, keeps what is typed, and can be begun again", async () => {
    const page = await openDemo(driver, await startServer({ options: ["--max-message", "1000"] }));
    await page.opens("#chat");
    await page.say("x".repeat(1001));
    await page.shows("#chat .notice", "Disconnected: 1009 (Message Too Big)");
    await page.say("too late");
    assert.equal(await driver.executeScript("return document.forms.publish.message.value"), "too late");
    assert.equal((await page.connection("#chat")).readyState, "3 CLOSED");

    await page.click("#chat .notice button");
    await page.opens("#chat");
    await page.click("#chat form button");
    await page.shows("#messages", "too late");
  });

  test("a server that stops says 1001", async () => {
    const own = await startServer();
    const page = await openDemo(driver, own);
    await page.opens("#chat");
    await own.stop();
    await page.shows("#chat [data-field=close]", /^1001 \(Going Away\).*, clean$/);
  });
});
