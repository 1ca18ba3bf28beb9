// Is it never more than burst + W · rate in any window W, where it is handed over and where it arrives?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { KIB, trafficPage } from "./traffic-page.mjs";

describe("messages and bytes per second", () => {
  const page = trafficPage();
  beforeEach(() => page.open());

  /** Offers all of `messages` (sizes, or texts) at once under `limit`; what was handed over, and what arrived. */
  async function offer(limit, messages) {
    const id = freshId();
    const watched = await watch(page.server, id);
    const handed = await page.run(
      async (url, limit, messages) => {
        const { WebSocket, handed } = recording();
        const client = new everwire.Client(url, { WebSocket, limit, queue: { maxMessages: Infinity } });
        await client.opened;
        const data = (message) => (typeof message === "number" ? new Uint8Array(message) : message);
        await Promise.all(messages.map((message) => client.send(data(message))));
        await client.close();
        return handed;
      },
      `/ws/fault/slow?watch=${id}`, // without a rate it reads as it comes
      limit,
      messages,
    );
    return { handed, arrived: await arrivals(watched) };
  }

  async function arrivals(watched) {
    await watched.close();
    return watched.seen
      .map(({ event, bytes }, index) => ({ event, size: bytes, at: watched.heard[index] }))
      .filter(({ event }) => event === "message");
  }

  test("messagesPerSecond: a burst goes at once, then one each period", async () => {
    const { handed, arrived } = await offer({ messagesPerSecond: 50, burst: 5 }, Array(60).fill(10));
    const bound = { burst: 5, perSecond: 50, units: () => 1 };
    assert.equal(handed.length, 60);
    holds(handed, bound, AT_HAND_OVER);
    isUsed(handed, bound);
    assert.equal(arrived.length, 60);
    holds(arrived, bound, AT_ARRIVAL);
  });

  test("a rest earns a burst again, and never a larger one", async () => {
    const bound = { burst: 5, perSecond: 50, units: () => 1 };
    const handed = await page.run(async (limit) => {
      const { WebSocket, handed } = recording();
      const client = new everwire.Client("/ws/echo", { WebSocket, limit });
      await client.opened;
      // the clock is the fact: rests of less than a burst's worth, of just that and of more
      for (const rest of [0, 50, 100, 250]) {
        await new Promise((resolve) => setTimeout(resolve, rest));
        await Promise.all(Array.from({ length: 12 }, () => client.send("x")));
      }
      return handed;
    }, { messagesPerSecond: 50, burst: 5 });
    assert.equal(handed.length, 48);
    holds(handed, bound, AT_HAND_OVER);
    assert.ok(excess(handed.slice(36, 41), bound) > -0.5, "after the long rest five go at once");
  });

  test("bytesPerSecond: burstBytes go at once, then as the rate says, text as UTF-8", async () => {
    const sizes = Array.from({ length: 60 }, (_, index) => 1 + ((index * 7919) % (8 * KIB)));
    const texts = Array.from({ length: 20 }, (_, index) => "aü漢"[index % 3].repeat(1 + index * 100));
    const limit = { bytesPerSecond: 200 * KIB, burstBytes: 40 * KIB };
    const { handed, arrived } = await offer(limit, [...sizes, ...texts]);
    const bound = { burst: limit.burstBytes, perSecond: limit.bytesPerSecond, units: ({ size }) => size };
    const expected = [...sizes, ...texts.map((text) => Buffer.byteLength(text))];
    assert.deepEqual(handed.map(({ size }) => size), expected);
    holds(handed, bound, AT_HAND_OVER);
    isUsed(handed, bound);
    assert.deepEqual(arrived.map(({ size }) => size), expected);
    holds(arrived, bound, AT_ARRIVAL);
  });

  test("a message larger than burstBytes goes when nothing is owed, and the next waits for its debt", async () => {
    const limit = { bytesPerSecond: 100 * KIB, burstBytes: 10 * KIB };
    const { handed } = await offer(limit, [50 * KIB, 1]);
    const wait = handed[1].at - handed[0].at;
    assert.ok(wait >= 400 - AT_HAND_OVER, `${wait} ms: 40 KiB of debt are 400 ms`);
  });
});

/** Between looking at the clock and handing over a busy machine may do something else: 50 ms were seen. */
const AT_HAND_OVER = 50;
/** A message that comes late comes sooner before the next: the network, the server, the watching socket and Node's own loop. */
const AT_ARRIVAL = 150;

/** In every window there is no more than the bound, but for so many milliseconds that times may be apart. */
function holds(passed, bound, jitter) {
  const most = excess(passed, bound);
  const slack = (jitter * bound.perSecond) / 1_000;
  assert.ok(most <= slack, `${most} more than burst + W · rate went in some window`);
}

/** It is a limit and no brake: the burst is used, and all of it lasts no more than three times what it must. */
function isUsed(passed, bound) {
  const all = passed.reduce((sum, message) => sum + bound.units(message), 0);
  const lasted = passed.at(-1).at - passed[0].at;
  const must = ((all - bound.burst) * 1_000) / bound.perSecond;
  assert.ok(lasted <= 3 * must, `${lasted} ms for what may be done in ${must}`);
  const most = excess(passed, bound);
  assert.ok(most > -bound.burst / 2, `no window had half of the burst: ${most} of ${bound.burst}`);
}

/** By how much more than burst + W · rate went in the fullest window, from one message to a later one. */
function excess(passed, { burst, perSecond, units }) {
  let most = -Infinity;
  passed.forEach((first, from) => {
    let sum = 0;
    for (const last of passed.slice(from)) {
      sum += units(last);
      most = Math.max(most, sum - burst - ((last.at - first.at) * perSecond) / 1_000);
    }
  });
  return most;
}
