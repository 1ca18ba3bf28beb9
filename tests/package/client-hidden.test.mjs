// Does a hidden page with one timer a minute keep a live peer, and find a dead one?
//
// Chromium's intensive throttling: the page's clock goes on, messages arrive, and timers fire together once a minute. Here
// the test is that browser: it moves the page's clocks and fires what is due. With EVERWIRE_LONG, Chromium does it itself.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

const MINUTE = 60_000;

describe("a hidden page with one timer a minute", () => {
  const page = consumerPage();
  beforeEach(async () => {
    await page.open();
    await page.run(throttle);
  });

  /** A client with the default heartbeat but for its words, on a page that nobody sees. */
  const start = (path) =>
    page.run(async (path) => {
      globalThis.client = new everwire.Client(path, {
        reconnect: quick,
        heartbeat: { isPong: (data) => data === "ping" },
        trace: (entry) => globalThis.traced.push(entry),
      });
      globalThis.traced = [];
      globalThis.entries = diary(client);
      await client.opened;
      return null;
    }, path);
  const minute = () => page.run((minute) => globalThis.pass(minute), MINUTE);
  const news = async () => (await page.run(() => entries)).map(([type, what]) => [type, what?.code ?? what]);

  test("a live peer is asked each time, and kept for as long as it answers", async () => {
    await start("/ws/echo");
    for (let minutes = 1; minutes <= 10; minutes += 1) {
      await minute();
      const asked = await page.run(async () => {
        const count = (wanted) => traced.filter((entry) => entry.frame === wanted || entry.verdict === wanted).length;
        while (count("pong") < count("Ping")) await globalThis.arrived();
        return count("Ping");
      });
      assert.equal(asked, minutes);
    }
    assert.deepEqual(await news(), [["state", "open"], ["open", { attempt: 0, reconnected: false }]]);
  });

  test("a dead peer is found at the second minute: it was asked at the first", async () => {
    await start("/ws/fault/silent");
    await minute();
    assert.equal(await page.run(() => client.state), "open", "an answer may still be on its way");
    await minute();
    assert.deepEqual((await news()).filter(([type]) => type === "error" || type === "down"), [
      ["error", "unavailable/silent"],
      ["down", 1006],
    ]);
  });

  test("waits that were short last until the minute, and then all go on", async () => {
    await start("/ws/fault/close?code=1012&after=message");
    await page.run(async () => {
      client.send("go");
      await next(client, "retry");
      return null;
    });
    assert.equal(await page.run(() => client.state), "waiting");
    await page.run(async (minute) => {
      const open = next(client, "open");
      globalThis.pass(minute);
      await open;
      return null;
    }, MINUTE);
    assert.equal(await page.run(() => client.state), "open");
  });
});

/** Runs in the page: from now on it is hidden, its clocks stand still but when `pass` moves them, and so do its timers. */
function throttle() {
  const { setTimeout, clearTimeout } = globalThis;
  let clock = performance.now();
  const apart = Date.now() - clock;
  performance.now = () => clock;
  Date.now = () => clock + apart;
  const timers = new Map();
  let ids = 1_000_000; // not one that the browser gave
  globalThis.setTimeout = (call, delay = 0, ...values) => {
    // WebKit's driver has its timers in the page, too
    if (!new Error().stack.includes("/pkg/")) return setTimeout(call, delay, ...values);
    timers.set((ids += 1), { call, due: clock + delay });
    return ids;
  };
  globalThis.clearTimeout = (id) => timers.delete(id) || clearTimeout(id);
  globalThis.pass = (time) => {
    clock += time;
    for (const [id, { call, due }] of timers) {
      if (due <= clock && timers.delete(id)) call();
    }
    return null;
  };
  /** Resolves in a later task of the real page: something may have arrived. */
  globalThis.arrived = () => new Promise((resolve) => setTimeout(resolve, 5));
  Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  return null;
}
