// What becomes of a message that has to wait, and who is told?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { trafficPage } from "./traffic-page.mjs";

describe("the queue", () => {
  const page = trafficPage();
  beforeEach(async () => {
    await page.open();
    await page.run(installQueueing);
  });

  /** Runs `body` with a client that is connecting until `queueing.connect()`, and tells what the server saw of it. */
  async function queue(options, body) {
    const id = freshId();
    const watched = await watch(page.server, id);
    const answer = await page.run(
      `async (url, options) => {
        const queueing = startQueueing(url, options);
        const more = await (${body})(queueing);
        return { ...more, ...(await queueing.end()) };
      }`,
      `/ws/echo?watch=${id}`,
      options,
    );
    if (answer.connected) await watched.close();
    const arrived = watched.seen.filter(({ event }) => event === "message").map(({ bytes }) => bytes);
    return { ...answer, arrived };
  }

  describe("a full one, by count", () => {
    for (const [overflow, kept, lost] of [
      ["reject", [1, 2, 3], [4, 5]],
      ["drop-newest", [1, 2, 3], [4, 5]],
      ["drop-oldest", [3, 4, 5], [1, 2]],
    ]) {
      test(`${overflow}: of five into three, ${kept} are sent`, async () => {
        const { outcomes, drops, arrived } = await queue({ queue: { maxMessages: 3, overflow } }, async ({ send, connect }) => {
          for (const size of [1, 2, 3, 4, 5]) send(size);
          await connect();
        });
        assert.deepEqual(arrived, kept);
        assert.deepEqual(drops, lost.map((size) => [size, "overflow"]));
        assert.deepEqual(outcomes, [1, 2, 3, 4, 5].map((size) => [size, kept.includes(size) ? "sent" : "dropped/overflow"]));
      });
    }
  });

  describe("a full one, by bytes", () => {
    for (const [overflow, kept] of [
      ["reject", [40, 50, 10]],
      ["drop-newest", [40, 50, 10]],
      ["drop-oldest", [60, 10]], // 40 and 50 make room for 60
    ]) {
      test(`${overflow}: of 40, 50, 60, 10 and 101 into 100 bytes, ${kept} are sent`, async () => {
        const { outcomes, drops, arrived } = await queue({ queue: { maxBytes: 100, overflow } }, async ({ send, connect }) => {
          for (const size of [40, 50, 60, 10, 101]) send(size);
          await connect();
        });
        assert.deepEqual(arrived, kept);
        const lost = [40, 50, 60, 10, 101].filter((size) => !kept.includes(size));
        assert.deepEqual(drops, lost.map((size) => [size, "overflow"]));
        assert.deepEqual(outcomes.filter(([, outcome]) => outcome === "sent").map(([size]) => size), kept);
      });
    }

    test("text counts two bytes a unit, as it lies in memory", async () => {
      const { drops, arrived } = await queue({ queue: { maxBytes: 10 } }, async ({ send, connect }) => {
        send("aaaa");
        send("b"); // 10 in all
        send("c");
        await connect();
      });
      assert.deepEqual(drops, [["c", "overflow"]]);
      assert.deepEqual(arrived, [4, 1]);
    });
  });

  test("a message whose ttl is over is not sent; one with time left is", async () => {
    const { outcomes, drops, arrived } = await queue({}, async ({ client, send, connect }) => {
      send(1, { ttl: 60_000 });
      const dropped = next(client, "drop");
      send(2, { ttl: 50 });
      send(3);
      await dropped; // while nothing else happens: its own time is enough
      await connect();
    });
    assert.deepEqual(drops, [[2, "expired"]]);
    assert.deepEqual(outcomes, [[1, "sent"], [2, "dropped/expired"], [3, "sent"]]);
    assert.deepEqual(arrived, [1, 3]);
  });

  test("a volatile message goes at once or not at all", async () => {
    const limit = { messagesPerSecond: 4 }; // between two sends there may be a tenth of a second
    const { outcomes, drops, arrived } = await queue({ limit }, async ({ send, connect }) => {
      send(1, { volatile: true }); // not connected
      await connect();
      send(2, { volatile: true });
      send(3, { volatile: true }); // held up by the rate
      await send(4);
      send(5);
      send(6, { volatile: true }); // behind another
    });
    assert.deepEqual(drops, [1, 3, 6].map((size) => [size, "volatile"]));
    assert.deepEqual(
      outcomes.map(([size, outcome]) => `${size} ${outcome}`),
      ["1 dropped/volatile", "2 sent", "3 dropped/volatile", "4 sent", "5 sent", "6 dropped/volatile"],
    );
    assert.deepEqual(arrived, [2, 4, 5]);
  });

  test("a signal takes a message back before send(), while it waits, and not once it was handed over", async () => {
    const { outcomes, drops, arrived } = await queue({}, async ({ send, connect }) => {
      const [before, waiting, after] = [0, 0, 0].map(() => new AbortController());
      before.abort();
      send(1, { signal: before.signal });
      send(2, { signal: waiting.signal });
      send(3, { signal: after.signal });
      send(4);
      waiting.abort();
      await connect();
      after.abort();
    });
    assert.deepEqual(drops.toSorted(), [[1, "aborted"], [2, "aborted"]]);
    assert.deepEqual(outcomes, [[1, "dropped/aborted"], [2, "dropped/aborted"], [3, "sent"], [4, "sent"]]);
    assert.deepEqual(arrived, [3, 4]);
  });

  test("what is dropped is told with its data, by an event and by a promise that nobody need await", async () => {
    const answer = await page.run(async () => {
      const unhandled = [];
      addEventListener("unhandledrejection", (event) => unhandled.push(`${event.reason}`));
      const client = new everwire.Client(() => new Promise(() => {}), { queue: { maxMessages: 1 } });
      const blob = new Blob(["one"]);
      const told = listed(client, "drop", ({ data, reason }) => [data === blob ? "the Blob" : [...new Uint8Array(data)], reason]);
      client.send(blob);
      client.send(new Uint8Array([1, 2]));
      const atOnce = told.length;
      await client.close();
      await new Promise((resolve) => setTimeout(resolve)); // rejections are told after the microtasks
      return { atOnce, told, unhandled };
    });
    const told = [[[1, 2], "overflow"], ["the Blob", "closed"]];
    assert.deepEqual(answer, { atOnce: 0, told, unhandled: [] });
  });

  test("what waits is what it was at send(), whatever becomes of the caller's buffer", async () => {
    const answer = await page.run(async (url) => {
      let connect;
      const client = new everwire.Client(() => new Promise((resolve) => (connect = () => resolve(url))));
      await Promise.resolve();
      const buffer = new Uint8Array([1, 2, 3]);
      client.send(buffer);
      client.send(buffer.subarray(1, 2));
      buffer.fill(9);
      const received = listed(client, "message", ({ data }) => [...new Uint8Array(data)]);
      connect();
      await next(client, "message");
      if (received.length < 2) await next(client, "message");
      await client.close();
      return received;
    }, "/ws/echo");
    assert.deepEqual(answer, [[1, 2, 3], [2]]);
  });

  test("one buffer, sent again and again while it changes, arrives as it was each time, and what is dropped stays so", async () => {
    const answer = await page.run(async (url) => {
      const options = { limit: { highWater: 4_000 }, queue: { maxMessages: 12, overflow: "drop-oldest" }, reconnect: true };
      const client = new everwire.Client(url, options);
      await client.opened;
      const all = [...Array(240).keys()];
      const dropped = listed(client, "drop", ({ data }) => data);
      const received = listed(client, "message", ({ data }) => data);
      const buffer = new Uint8Array(5_000);
      const sent = all.map(async (number) => {
        await Promise.resolve();
        if (number % 20 === 19) await next(client, "message"); // some are handed over, and their memory is used again
        const size = 3_000 + number; // no two are alike
        buffer.fill(number);
        return client.send(buffer.subarray(0, size)).catch(() => {});
      });
      await Promise.all(sent);
      while (received.length + dropped.length < all.length) await next(client, "message");
      await client.close();
      const numberIn = (data) => {
        const bytes = new Uint8Array(data);
        return bytes.every((byte) => byte === bytes[0]) && bytes.length === 3_000 + bytes[0] ? bytes[0] : "mixed";
      };
      const isBuffer = dropped.every((data) => data instanceof ArrayBuffer);
      return { numbers: [...received, ...dropped].map(numberIn), drops: dropped.length > 0, isBuffer };
    }, "/ws/echo");
    assert.deepEqual(answer.numbers.toSorted((one, other) => one - other), [...Array(240).keys()]);
    assert.deepEqual([answer.drops, answer.isBuffer], [true, true]);
  });

  describe("close() with a full queue", () => {
    test("before there is a connection, all are dropped as closed", async () => {
      const { outcomes, drops, closed } = await queue({}, async ({ client, send }) => {
        for (const size of [1, 2, 3]) send(size);
        await client.close();
        send(4);
      });
      assert.deepEqual(closed, { code: 1006, reason: "", wasClean: false }); // as the browser's own, before it is open
      assert.deepEqual(drops, [1, 2, 3, 4].map((size) => [size, "closed"]));
      assert.deepEqual(outcomes, [1, 2, 3, 4].map((size) => [size, "dropped/closed"]));
    });

    test("what was accepted goes first, if there is time", async () => {
      const { outcomes, drops, arrived } = await queue({ limit: { messagesPerSecond: 20 } }, async ({ client, send, connect }) => {
        await connect();
        for (const size of [1, 2, 3, 4, 5]) send(size);
        await client.close();
      });
      assert.deepEqual(drops, []);
      assert.deepEqual(outcomes, [1, 2, 3, 4, 5].map((size) => [size, "sent"]));
      assert.deepEqual(arrived, [1, 2, 3, 4, 5]);
    });

    test("when closeTimeout is over, the rest is dropped as closed", async () => {
      const options = { limit: { messagesPerSecond: 2 }, closeTimeout: 300 };
      const { outcomes, drops, arrived, closed } = await queue(options, async ({ client, send, connect }) => {
        await connect();
        for (const size of [1, 2, 3]) send(size);
        await client.close();
      });
      assert.equal(closed.code, 1006);
      assert.deepEqual(arrived, [1]);
      assert.deepEqual(drops, [2, 3].map((size) => [size, "closed"]));
      assert.deepEqual(outcomes, [[1, "sent"], [2, "dropped/closed"], [3, "dropped/closed"]]);
    });
  });

  test("every message that was accepted settles exactly once, and the promise and the event agree", async () => {
    const options = { queue: { maxMessages: 8, overflow: "drop-oldest" }, limit: { messagesPerSecond: 200 } };
    const { outcomes, drops, arrived } = await queue(options, async ({ client, send, connect }) => {
      // a bit of everything; sizes say which is which
      const offer = (from, to) => {
        for (let size = from; size < to; size += 1) {
          const controller = new AbortController();
          const options = [{}, { ttl: 20 }, { volatile: true }, { signal: controller.signal }][size % 4];
          send(size, options);
          if (size % 8 === 3) queueMicrotask(() => controller.abort());
        }
      };
      offer(1, 21);
      await connect();
      offer(21, 41);
      await next(client, "drain");
      offer(41, 61);
      client.close();
      offer(61, 65);
      await client.closed;
    });
    assert.equal(outcomes.length, 64);
    const told = new Map(drops);
    assert.equal(told.size, drops.length, "a drop was told twice");
    for (const [size, outcome] of outcomes) {
      const reason = told.get(size);
      assert.equal(outcome, reason === undefined ? "sent" : `dropped/${reason}`, `message ${size}`);
    }
    const sent = outcomes.filter(([, outcome]) => outcome === "sent").map(([size]) => size);
    assert.deepEqual(arrived, sent);
    const reasons = new Set(drops.map(([, reason]) => reason));
    assert.deepEqual([...reasons].sort(), ["aborted", "closed", "expired", "overflow", "volatile"]);
  });
});

/** Gives the page `startQueueing`: a client that connects when it is told to, and of which everything is written down. */
function installQueueing() {
  globalThis.startQueueing = (url, options) => {
    let allow;
    const allowed = new Promise((resolve) => (allow = resolve));
    const client = new everwire.Client(() => allowed.then(() => url), options);
    const name = (data) => (typeof data === "string" ? data : data.byteLength);
    const drops = listed(client, "drop", ({ data, reason }) => [name(data), reason]);
    const outcomes = [];
    let connected = false;
    return {
      client,
      /** Binary of so many bytes, or a text: it is told of by that. */
      send(what, options) {
        const data = typeof what === "string" ? what : new Uint8Array(what);
        const outcome = outcomeOf(client.send(data, options));
        outcomes.push(outcome.then((said) => [what, said]));
        return outcome;
      },
      async connect() {
        connected = true;
        allow();
        await client.opened;
      },
      /** Closes, and tells how everything ended. */
      async end() {
        const settled = await Promise.all(connected ? outcomes : []);
        const closed = await client.close();
        const rest = await Promise.all(outcomes);
        return { outcomes: connected ? settled : rest, drops, closed, connected };
      },
    };
  };
  return null;
}
