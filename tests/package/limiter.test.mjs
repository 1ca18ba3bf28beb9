// Does the browser's buffer stay between the marks, and do send(), `drain` and flush() wait for it?

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { startServer } from "../webdriver/server.mjs";
import { KIB, MIB, trafficPage } from "./traffic-page.mjs";

describe("the marks on bufferedAmount", () => {
  const page = trafficPage();
  let path;
  before(async () => {
    // what the kernels take is never waited for: less of it, and waiting begins early
    const server = await startServer({ options: ["--small-buffers", "--origin", new URL(page.server.url).origin] });
    path = server.ws(`/ws/fault/slow?rate=${4 * MIB}`);
  });
  beforeEach(() => page.open());

  test("nothing is handed over above highWater, and above it nothing until lowWater", async (t) => {
    const [highWater, lowWater] = [256 * KIB, 64 * KIB];
    const { handed, count } = await page.run(
      async (url, limit) => {
        const { WebSocket, handed } = recording();
        const client = new everwire.Client(url, { WebSocket, limit });
        await client.opened;
        for (let number = 0; number < 128; number += 1) client.send(numbered(number, 32 * 1024));
        return { count: await countOf(client), handed };
      },
      path,
      { highWater, lowWater },
    );
    assert.deepEqual(count, { messages: 128, bytes: 4 * MIB, inOrder: true });
    const aboveHigh = handed.filter(({ before }) => before > highWater);
    assert.deepEqual(aboveHigh, [], "handed over although more than highWater waited");
    const held = handed.filter((_, at) => at > 0 && handed[at - 1].before + handed[at - 1].size > highWater);
    assert.deepEqual(held.filter(({ before }) => before > lowWater), [], "went on before lowWater");
    t.diagnostic(`held up ${held.length} times`);
    assert.ok(held.length > 1, "the reader was slow enough to be felt");
  });

  test("await send() goes on when its message has been handed over, and not before", async () => {
    const { early, waited } = await page.run(async (url) => {
      const { WebSocket, handed } = recording();
      const client = new everwire.Client(url, { WebSocket, limit: { highWater: 128 * 1024 } });
      await client.opened;
      let [early, waited] = [0, 0];
      for (let number = 0; number < 64; number += 1) {
        const sent = client.send(numbered(number, 32 * 1024));
        if (handed.length === number) waited += 1;
        await sent;
        if (handed.length <= number) early += 1;
      }
      return { early, waited };
    }, path);
    assert.equal(early, 0);
    assert.ok(waited > 1, "none had to wait");
  });

  test("drain fires once for each time that sending was held up, when nothing waits above lowWater", async () => {
    const log = await page.run(async (url) => {
      const { WebSocket, sockets } = recording();
      const client = new everwire.Client(url, { WebSocket, limit: { highWater: 128 * 1024, lowWater: 50_000 } });
      await client.opened;
      const log = listed(client, "drain", () => {
        const level = sockets[0].bufferedAmount <= 50_000 ? "low" : "high";
        return `drain, ${client.stats().queuedMessages} queued, ${level}`;
      });
      await client.send(numbered(0, 4));
      await client.flush();
      for (const from of [1, 33]) {
        log.push("burst");
        const drained = next(client, "drain");
        for (let number = from; number < from + 32; number += 1) client.send(numbered(number, 32 * 1024));
        await drained;
        await client.flush();
      }
      await client.close();
      return log;
    }, path);
    assert.deepEqual(log, ["burst", "drain, 0 queued, low", "burst", "drain, 0 queued, low"]);
  });

  test("flush() resolves when everything has left the browser's buffer", async () => {
    const answer = await page.run(async (url) => {
      const { WebSocket, sockets, handed } = recording();
      const client = new everwire.Client(url, { WebSocket, limit: { highWater: 256 * 1024 } });
      await client.opened;
      await client.flush(); // of nothing
      for (let number = 0; number < 32; number += 1) client.send(numbered(number, 32 * 1024));
      const waiting = client.bufferedAmount;
      await client.flush();
      return { waiting, left: [client.bufferedAmount, sockets[0].bufferedAmount], handed: handed.length, count: await countOf(client) };
    }, path);
    assert.ok(answer.waiting > 0, "it had something to wait for");
    assert.deepEqual(answer.left, [0, 0]);
    assert.equal(answer.handed, 32);
    assert.deepEqual(answer.count, { messages: 32, bytes: MIB, inOrder: true });
  });

  test("the article's recipe is one line: look every 100 ms, send more when bufferedAmount is 0", async () => {
    const { handed, count } = await page.run(async (url) => {
      const { WebSocket, handed } = recording();
      const client = new everwire.Client(url, { limit: { highWater: 0, pollInterval: 100 }, WebSocket });
      for (let number = 0; number < 12; number += 1) await client.send(numbered(number, 64 * 1024));
      const sent = handed.slice();
      return { handed: sent, count: await countOf(client) };
    }, path);
    assert.deepEqual(handed.filter(({ before }) => before > 0), [], "something still waited");
    const gaps = handed.slice(1).map(({ at }, index) => at - handed[index].at);
    // a busy machine hands one over late and the next in time; on the whole each look is 100 ms after the one before
    assert.deepEqual(gaps.filter((gap) => gap < 50), [], "it looked more often");
    assert.ok(handed.at(-1).at - handed[0].at >= 11 * 100 - 50, "all of them");
    assert.deepEqual(count, { messages: 12, bytes: 12 * 64 * KIB, inOrder: true });
  });
});
