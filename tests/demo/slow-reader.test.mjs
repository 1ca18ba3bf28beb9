// Does a client hold back before a slow reader, and does the page show it?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";

const LOG = "#breaking-log";
const MESSAGE = 64 * 1024;
const HIGH_WATER = 1024 ** 2;

describe("slow reader", () => {
  let driver;
  let name;
  let run;
  let server;
  before(async () => {
    ({ driver, name, run } = await openBrowser());
    server = await startServer({ options: ["--small-buffers"] });
  });

  async function openSlow() {
    const page = await openDemo(driver, server);
    await page.opens("#breaking");
    await run(() => {
      const field = document.querySelector("#breaking [data-field=bufferedAmount]");
      globalThis.amounts = [];
      const note = () => globalThis.amounts.push(Number(field.textContent.replaceAll(",", "")));
      new MutationObserver(note).observe(field, { childList: true });
    });
    await page.click("#breaking form [name=slow]");
    return page;
  }

  /** 8 MiB at 1 MiB a second. */
  const patience = { limit: 40_000 };

  test("await send() waits above highWater, drain fires, everything arrives in order, and the client goes home", async () => {
    const page = await openSlow();
    if (name !== "webkit") {
      // WebKitGTK hands everything to its network process at once, where bufferedAmount does not look
      await page.shows("#breaking-traffic", /^Sent \d+ of 128 messages; drain fired [1-9]\d* times\. await send\(\) has waited [\d.]+ s\.$/);
      await page.shows("#breaking-amount-text", /bufferedAmount is ([\d.]+ MiB|[\d.]{5,} KiB), .* a second; the highest/);
    }
    await page.shows(LOG, /Everything has left the browser\..*The server has read 12[89] messages, 8\.0 MiB, in order\./, patience);
    // a ping that stands behind megabytes may be unanswered still
    await page.shows(LOG, /in order\.\[down\] .*unconfirmed: .*\[open\] again, at \/ws\/token$/);
    const highest = Math.max(...(await run(() => globalThis.amounts)));
    if (name !== "webkit") assert.ok(highest > HIGH_WATER / 2, `${highest} bytes piled up`);
    // one message over highWater in the browser, and the one that send() holds
    assert.ok(highest <= HIGH_WATER + 2 * MESSAGE + SMALL_TALK, `${highest} bytes`);
  });

  test("the plot of the round trip shows how long a ping stands behind all that", async (t) => {
    // all 8 MiB are in WebKitGTK's network process, and several pings behind them: whose answer is whose nobody can tell
    if (name === "webkit") return t.skip("webkit: not measured while more than one ping is under way");
    const page = await openSlow();
    await page.shows("#breaking-round-trip-text", /the slowest of the last 30 seconds took ([\d.]+ s|\d{3} ms)\.$/, patience);
  });

  test("another button takes back what was not handed over, and the client still comes back", async () => {
    const page = await openSlow();
    await page.shows("#breaking-traffic", /^Sent [1-9]\d* of 128/);
    await page.click("#breaking form [name=now]");
    await page.shows(LOG, /Reconnect now\..*\[open\] again, at \/ws\/token$/);
    await page.shows("#breaking-traffic", /^One message a second/);
    await page.shows("#breaking [data-field=queued]", "none");
  });
});

/** A ping, a question, a message of each second: a few bytes. */
const SMALL_TALK = 1024;
