// How much does a tab send that nobody sees?
//
// bufferedAmount has no event, and a hidden tab's timers fire once a second: so much goes as may wait, once a second.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { MIB, trafficPage } from "./traffic-page.mjs";

/** So long it is hidden: some seconds, since what is looked at happens once in each. */
const HIDDEN = 6_000;

// WebKitGTK's MiniBrowser under Xvfb goes on showing a page behind another tab
describe("a hidden tab", { skip: browser === "webkit" }, () => {
  const page = trafficPage({ throttled: true });

  test("sends from mark to mark at each tick of its slow timers, and all of it arrives", async (t) => {
    await page.open();
    const id = freshId();
    const watched = await watch(page.server, id);
    await page.run(sendWhileHidden, `/ws/fault/slow?watch=${id}`, HIDDEN);
    const seen = await page.driver.getWindowHandle();
    await page.driver.switchTo().newWindow("tab");
    await watched.event("that the hidden tab has done", ({ kind }) => kind === "text");
    await page.driver.close();
    await page.driver.switchTo().window(seen);
    const found = await until("the page knows it, too", () => page.run(() => globalThis.hidden));
    const { ticks, messages, lasted, count } = found;
    const speed = (messages * 64 * 1024 * 1_000) / lasted / MIB;
    t.diagnostic(`${speed.toFixed(1)} MiB a second with highWater 4 MiB; ${ticks} ticks in ${Math.round(lasted)} ms`);
    assert.ok(ticks <= 2 + lasted / 500, `${ticks} ticks: its timers were not slowed down`);
    // at each tick the buffer is found at lowWater or under, and filled to highWater
    assert.ok(speed > 1, `${speed} MiB a second`);
    assert.deepEqual(count, { messages, bytes: messages * 64 * 1024, inOrder: true });
  });
});

/** Begins when the page is hidden, and leaves in `globalThis.hidden` what came of it. */
async function sendWhileHidden(path, time) {
  const client = new everwire.Client(path);
  await client.opened;
  globalThis.hidden = null;
  next(document, "visibilitychange").then(async () => {
    let [ticks, messages] = [0, 0];
    const ticking = setInterval(() => (ticks += 1), 10);
    const began = performance.now();
    while (performance.now() - began < time && document.hidden) {
      await client.send(numbered(messages, 64 * 1024));
      messages += 1;
    }
    const lasted = performance.now() - began;
    clearInterval(ticking);
    const count = await countOf(client);
    globalThis.hidden = { ticks, messages, lasted, count };
  });
  return null;
}
