// Does each button break what it says, and does the connection come back?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";

const LOG = "#breaking-log";
const COUNTDOWN = "#breaking .countdown";

describe("breaking", () => {
  let driver;
  let name;
  let run;
  let server;
  before(async () => {
    ({ driver, name, run } = await openBrowser());
    server = await startServer();
  });

  async function openBreaking() {
    const page = await openDemo(driver, server);
    await page.opens("#breaking");
    return page;
  }

  const press = (page, button) => page.click(`#breaking form [name=${button}]`);

  /** The numbers of the line about traffic. */
  async function traffic(page) {
    const line = await page.text("#breaking-traffic");
    const [, sent, cameBack, lost] = /^One message a second: (\d+) sent, (\d+) came back, (\d+) lost\.$/.exec(line) ?? [];
    assert.ok(lost, line);
    return { sent: Number(sent), cameBack: Number(cameBack), lost: Number(lost) };
  }

  test("healthy, it is OPEN, signed in by a subprotocol that is not shown, and its round trip is measured", async () => {
    const page = await openBreaking();
    const { readyState, state, retry, protocol, extensions, url, close } = await page.connection("#breaking");
    assert.deepEqual(
      { readyState, state, retry, protocol, url, close },
      {
        readyState: "1 OPEN",
        state: "open",
        retry: "none",
        protocol: "demo",
        url: server.ws("/ws/token?via=protocol&refuse=close"),
        close: "none yet",
      },
    );
    assert.match(extensions, /^permessage-deflate/);
    await page.shows("#breaking-round-trip-text", /^The latest round trip took [\d.]+ m?s; the slowest/);
    assert.match(await page.text("#breaking-amount-text"), /^bufferedAmount /);
    const line = "return document.querySelector('#breaking-round-trip .line').getAttribute('d')";
    await until("the round trip is drawn", async () => /^M.*L/.test(await driver.executeScript(line)));
    await until("messages come back", async () => (await traffic(page)).cameBack >= 2);
    assert.equal((await traffic(page)).lost, 0);
  });

  test("drop: the server resets the connection, it is told and waited for, and it comes back", async () => {
    const page = await openBreaking();
    await press(page, "drop");
    await page.shows(LOG, /at \/ws\/fault\/reset\[down\] 1006 \(Abnormal Closure\); unconfirmed: \d+ messages?, .*\[retry\] in 3\.0 s, attempt \d/);
    await page.shows("#breaking [data-field=state]", "waiting");
    const { readyState, retry, close, unconfirmed } = await page.connection("#breaking");
    assert.equal(readyState, "0 CONNECTING");
    assert.match(retry, /^in \d s, attempt \d$/);
    assert.equal(close, "1006 (Abnormal Closure), not clean");
    assert.match(unconfirmed, /^\d+ messages?, /);
    await page.shows(LOG, /\[retry\].*\[open\] again, at \/ws\/token$/);
    await page.opens("#breaking");
  });

  test("the countdown to the next attempt is shown and counts", async () => {
    const page = await openBreaking();
    await run((selector) => {
      const countdown = document.querySelector(selector);
      globalThis.counted = [];
      new MutationObserver(() => globalThis.counted.push(countdown.textContent)).observe(countdown, { childList: true });
    }, [COUNTDOWN]);
    await press(page, "drop");
    await page.shows(LOG, /\[retry\].*\[open\] again, at \/ws\/token$/);
    const texts = (await run(() => globalThis.counted)).filter((text) => text !== "");
    const seconds = texts.map((text) => Number(/^Reconnecting in (\d+) s, attempt \d+/.exec(text)?.[1] ?? 0));
    assert.equal(seconds[0], 3, texts.join(" | "));
    assert.ok(new Set(seconds).size >= 3, `it counts: ${texts.join(" | ")}`);
    assert.deepEqual(seconds, seconds.toSorted((one, other) => other - one), "and never up");
  });

  test("silence: the heartbeat notices, what was sent into it is counted, and the connection comes back", async () => {
    const page = await openBreaking();
    await press(page, "silence");
    await page.shows(LOG, /at \/ws\/fault\/silent\[error\] unavailable\/silent: .*\[down\] 1006 \(Abnormal Closure\); unconfirmed: \d+ messages/);
    await page.shows(LOG, /\[retry\].*\[open\] again, at \/ws\/token$/);
    await until("the loss is told", async () => (await traffic(page)).lost > 0);
    await page.shows("#breaking-round-trip-text", "The latest round trip took");
  });

  test("expired token: the server closes with 4401, another token is got, and the connection comes back", async () => {
    const page = await openBreaking();
    await press(page, "token");
    await page.shows(LOG, /\[open\] at \/ws\/token\[down\] 4401 \(no registered name\) "token expired".*\[open\] again, at \/ws\/token$/);
    assert.equal((await page.connection("#breaking")).close, '4401 (no registered name) "token expired", clean');
    await page.opens("#breaking");
  });

  test("server restart: 1012 is told by name and waited for, and the connection comes back", async () => {
    const page = await openBreaking();
    await press(page, "restart");
    // WebKitGTK's network library does not know 1012
    const told = name === "webkit" ? "1006 (Abnormal Closure)" : '1012 (Service Restart) "restarting"';
    await page.shows("#breaking .notice", `Connection lost: ${told}.`);
    await page.shows(LOG, /at \/ws\/fault\/close\[down\] .*\[retry\].*\[open\] again, at \/ws\/token$/);
    assert.equal(await page.text("#breaking .notice [role=status]"), "");
  });

  test("a server that really restarts has forgotten its tokens: another is got, and the connection comes back", async () => {
    const own = await startServer();
    const page = await openDemo(driver, own);
    await page.opens("#breaking");
    await own.stop();
    await page.shows("#breaking .notice", "Connection lost: 1001 (Going Away)");
    await startServer({ addr: own.host });
    await page.shows(LOG, /\[down\] 1001 .*\[retry\].*\[down\] 4401 \(no registered name\).*\[open\] again, at \/ws\/token$/);
    await until("messages come back", async () => (await traffic(page)).cameBack >= 2);
  });

  test("a server that stays away is tried for again and again, and can be reached by hand", async () => {
    const own = await startServer();
    const page = await openDemo(driver, own);
    await page.opens("#breaking");
    await own.kill();
    await page.shows(COUNTDOWN, /^Reconnecting (in \d+ s|now), attempt [3-9]/);
    await startServer({ addr: own.host });
    await press(page, "now");
    await page.shows(LOG, /Reconnect now\..*\[open\] again, at \/ws\/token$/);
    await page.opens("#breaking");
  });

  test("offline: no attempt gets through and messages wait; online again, it tries at once and sends them", async () => {
    const page = await openBreaking();
    await until("a message has come back", async () => (await traffic(page)).cameBack > 0);
    await press(page, "offline");
    assert.equal(await driver.executeScript("return document.forms.breaking.offline.getAttribute('aria-pressed')"), "true");
    await page.shows(LOG, /Offline.*\[down\].*\[error\] unavailable\/connect: .*\(Error: offline\)\[retry\]/);
    await page.shows("#breaking [data-field=queued]", /^[3-9] messages, /);
    await page.shows(COUNTDOWN, /^Reconnecting in \d+ s, attempt \d+; \d messages wait\.$/);
    const before = await traffic(page);
    await press(page, "offline");
    await page.opens("#breaking");
    await page.shows("#breaking [data-field=queued]", "none");
    await until("what waited has come back", async () => (await traffic(page)).cameBack >= before.sent - 1);
    assert.ok((await traffic(page)).lost <= 1, "at most the one that was under way when the network went");
  });

  test("reconnect now does not wait for the countdown", async () => {
    const page = await openBreaking();
    await press(page, "restart");
    await page.shows("#breaking [data-field=state]", "waiting");
    // in the page: a driver would take its own time
    const took = await run(async () => {
      const before = performance.now();
      const state = document.querySelector("#breaking [data-field=state]");
      const opens = new Promise((resolve) => {
        new MutationObserver(() => state.textContent === "open" && resolve()).observe(state, { childList: true });
      });
      const [, due] = /in (\d+) s/.exec(document.querySelector("#breaking .countdown").textContent);
      document.forms.breaking.now.click();
      await opens;
      return { took: performance.now() - before, due: Number(due) };
    });
    assert.ok(took.took < (took.due - 1) * 1000, JSON.stringify(took));
  });

  test("reconnect now replaces a connection that is open", async () => {
    const page = await openBreaking();
    await press(page, "now");
    await page.shows(LOG, /Reconnect now\.\[down\] given up, as asked; .*\[open\] again, at \/ws\/token$/);
    assert.equal((await page.connection("#breaking")).attempts, "2, 2 of them opened");
  });
});
