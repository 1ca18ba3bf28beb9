// Does `await send()` go as slowly as the reader, in no more memory, and never for ever?

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { KIB, MIB, trafficPage } from "./traffic-page.mjs";

/** 64 MiB are some seconds; `cargo xtask test --long` offers 1 GiB. */
const OFFERED = process.env.EVERWIRE_LONG ? 1024 * MIB : 64 * MIB;
const MESSAGE = 64 * KIB;

describe("a server that reads slowly", () => {
  const page = trafficPage();
  let server;
  before(async () => {
    // what the kernels take is never waited for: less of it, and waiting begins early
    server = await startServer({ options: ["--small-buffers", "--origin", new URL(page.server.url).origin] });
  });
  beforeEach(() => page.open());

  test("every byte arrives in order, the browser's buffer stays at highWater and the wasm memory as it is", async (t) => {
    const highWater = 256 * KIB;
    const rate = 16 * MIB; // what it reads in a second
    const { highest, waited, grown, count } = await page.work(
      async (url, highWater, bytes, messages) => {
        const { WebSocket, sockets, handed } = recording();
        const client = new everwire.Client(url, { WebSocket, limit: { highWater } });
        await client.opened;
        const warm = 16; // by then all has been done once
        let [highest, waited, at] = [0, 0, 0];
        for (let number = 0; number < messages; number += 1) {
          const sent = client.send(numbered(number, bytes));
          if (handed.length === 0) waited += 1;
          await sent;
          highest = Math.max(highest, sockets[0].bufferedAmount, ...handed.splice(0).map(({ before, size }) => before + size));
          if (number === warm) at = wasmBytes();
        }
        return { highest, waited, grown: wasmBytes() - at, count: await countOf(client) };
      },
      [server.ws(`/ws/fault/slow?rate=${rate}`), highWater, MESSAGE, OFFERED / MESSAGE],
      { limit: 60_000 + (4_000 * OFFERED) / rate }, // four times what the reader takes by itself
    );
    t.diagnostic(`${OFFERED / MIB} MiB: ${waited} messages waited, at most ${highest} bytes in the browser`);
    assert.deepEqual(count, { messages: OFFERED / MESSAGE, bytes: OFFERED, inOrder: true });
    assert.ok(highest <= highWater + MESSAGE, `${highest} bytes waited in the browser: more than highWater and a message`);
    assert.equal(grown, 0, "bytes that the wasm memory grew by");
    assert.ok(waited > 100, "the reader was slow enough to be felt");
  });

  for (const held of ["the marks", "a rate"]) {
    // in WebKitGTK the marks hold up nothing for long: what a reader does not take waits in its network process, unseen
    const skip = held === "the marks" && browser === "webkit";

    describe(`what ${held} hold${held === "a rate" ? "s" : ""} up when the connection ends`, { skip }, () => {
      const isRate = held === "a rate";
      const limit = isRate ? { messagesPerSecond: 10, burst: 4 } : { highWater: 256 * KIB };
      const messages = isRate ? 10 : 64; // 4 MiB: ten times what the kernels and highWater take
      const silent = "/ws/fault/silent?read=off&deflate=off"; // deflate would make nothing of our zeros
      const reset = isRate ? "/ws/fault/reset?after=message" : `${silent}&after=300`; // ms, long after the kernels are full

      /** Sends all at once to the first of `paths`, and to the next ones when that is lost; how every promise ended. */
      async function stall(paths, options, body = (client) => client.closed) {
        const urls = paths.map((path) => server.ws(path));
        const answer = await page.run(
          `async (urls, options, messages) => {
            let dialled = 0;
            const { WebSocket, sockets, handed } = recording();
            const dial = () => urls[Math.min(dialled++, urls.length - 1)];
            const client = new everwire.Client(dial, { ...options, WebSocket });
            // so many messages had left the first socket, the last of them perhaps in part
            const left = listed(client, "down", () => Math.ceil(handed.length - sockets[0].bufferedAmount / ${MESSAGE}));
            await client.opened;
            const drops = listed(client, "drop", ({ reason }) => reason);
            const sent = Array.from({ length: messages }, (_, number) => outcomeOf(client.send(numbered(number, ${MESSAGE}))));
            const flushed = outcomeOf(client.flush());
            const waiting = client.stats().queuedMessages;
            const found = await (${body})(client);
            return { waiting, found, left: left[0], outcomes: await Promise.all(sent), drops, flushed: await flushed };
          }`,
          urls,
          { limit, ...options },
          messages,
        );
        assert.ok(answer.waiting > 0, "something waited when it ended");
        return answer;
      }

      /** So many were handed over, and the rest was dropped as closed, each told once. */
      function endAsClosed({ outcomes, drops, flushed }) {
        const sent = outcomes.lastIndexOf("sent") + 1;
        assert.deepEqual(outcomes, [...Array(sent).fill("sent"), ...Array(messages - sent).fill("dropped/closed")]);
        assert.ok(sent < messages, "all of it went");
        assert.deepEqual(drops, Array(messages - sent).fill("closed"));
        assert.equal(flushed, "unavailable/flush");
      }

      test("by a reset, for good: it is dropped, and nobody waits for ever", async () => {
        const answer = await stall([reset], { reconnect: false });
        assert.equal(answer.found.code, 1006);
        endAsClosed(answer);
      });

      test("by a reset: it goes with the next connection, in order", async () => {
        const reader = "/ws/fault/slow?rate=16777216";
        const options = { reconnect: { minDelay: 1, maxDelay: 10 } };
        const { left, outcomes, drops, found } = await stall([reset, reader], options, async (client) => {
          await next(client, "open");
          return countOf(client);
        });
        assert.deepEqual(outcomes, Array(messages).fill("sent"));
        assert.deepEqual(drops, []);
        const rest = messages - left; // what began to leave may have arrived, and is not sent again
        assert.deepEqual(found, { messages: rest, bytes: rest * MESSAGE, inOrder: true });
      });

      test("by close(), at a peer that reads nothing: closeTimeout ends it", async () => {
        const options = { closeTimeout: 200, limit: isRate ? { messagesPerSecond: 1 } : limit };
        const answer = await stall([silent], options, (client) => client.close());
        assert.equal(answer.found.code, 1006);
        endAsClosed(answer);
      });
    });
  }
});
