// Is a dead peer found, and a live one left alone?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

const withoutBufferedAmount = browser === "webkit" && "WebKitGTK takes everything at once: nothing is ever stuck where the page can see it";

describe("heartbeat", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("silence is found when interval and timeout have passed, not sooner, and another socket follows", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const { entries, lasted } = await page.run(async (silent) => {
      let sockets = 0;
      const client = new everwire.Client(() => (sockets++ === 0 ? silent : "/ws/echo"), {
        reconnect: quick,
        heartbeat: { interval: 300, timeout: 200 },
      });
      const entries = diary(client);
      await client.opened;
      const opened = performance.now();
      await next(client, "down");
      const lasted = performance.now() - opened;
      await next(client, "open");
      await client.close();
      return { entries, lasted };
    }, `/ws/fault/silent?watch=${id}`);
    // the socket was open a little before the page was told
    assert.ok(lasted > 400, `${lasted} ms of 500`);
    assert.deepEqual(entries.filter(([type]) => type !== "state" && type !== "retry"), [
      ["open", { attempt: 0, reconnected: false }],
      ["error", "unavailable/silent"],
      ["down", { code: 1006, reason: "", wasClean: false, willRetry: true, unconfirmed: { messages: 0, bytes: 0 } }],
      ["open", { attempt: 1, reconnected: true }],
      ["close", { code: 1000, reason: "", wasClean: true }],
    ]);
    const asked = watched.seen.filter(({ event }) => event === "message");
    assert.deepEqual(asked, [{ event: "message", kind: "text", bytes: "ping".length }], "asked once before it was given up");
  });

  test("a pong is not delivered, gives the round-trip time, and confirms what was said before it", async () => {
    const answer = await page.run(async () => {
      // an echo answers "pong" to who asks with it
      const client = new everwire.Client("/ws/fault/reset?after=700", { reconnect: false, heartbeat: { interval: 50, ping: "pong" } });
      const entries = diary(client);
      const before = client.stats().roundTrip;
      await client.opened;
      const back = next(client, "message");
      await client.send("hello");
      await back;
      while (client.stats().roundTrip === null) await new Promise((resolve) => setTimeout(resolve, 5));
      const { roundTrip, messagesReceived, messagesSent } = client.stats();
      await client.closed;
      return { before, roundTrip, messagesReceived, messagesSent, entries };
    });
    assert.equal(answer.before, null);
    assert.ok(answer.roundTrip >= 0 && answer.roundTrip < 5_000, `${answer.roundTrip} ms`);
    assert.deepEqual([answer.messagesSent, answer.messagesReceived], [1, 1], "pings and pongs are not counted");
    assert.deepEqual(answer.entries.filter(([type]) => type === "message"), [["message", "hello"]]);
    const [, { unconfirmed }] = answer.entries.find(([type]) => type === "down");
    assert.equal(unconfirmed.messages, 0, "the peer had answered after it");
  });

  test("a peer that speaks is not asked", async () => {
    const pings = await page.run(async () => {
      let pings = 0;
      const options = { heartbeat: { interval: 1_000, timeout: 1_000, isPong: () => false, ping: () => `ping ${(pings += 1)}` } };
      const client = new everwire.Client("/ws/chat", options);
      const speaker = await openSocket("/ws/chat");
      await client.opened;
      // the clock is the fact: for longer than the interval, something comes more often than that
      const opened = performance.now();
      while (performance.now() - opened < 1_500) {
        const heard = next(client, "message");
        speaker.send("still here");
        await heard;
      }
      speaker.close();
      await client.close();
      return pings;
    });
    assert.equal(pings, 0);
  });

  test("a ping may be text, bytes, a Blob or made anew each time, and isPong is asked about whatever comes", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const asked = await page.run(async (path) => {
      const pings = ["one", new Uint8Array([1, 2]), new Uint8Array([3, 4, 5]).buffer, new Blob(["four"])];
      const asked = [];
      let made = 0;
      const client = new everwire.Client(path, {
        heartbeat: {
          interval: 20,
          ping: () => pings[made++ % pings.length],
          isPong(data) {
            asked.push(typeof data === "string" ? data : data.byteLength);
            return true;
          },
        },
      });
      const entries = diary(client);
      while (asked.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      await client.close();
      return [asked.slice(0, 4), entries.filter(([type]) => type === "message")];
    }, `/ws/echo?watch=${id}`);
    assert.deepEqual(asked, [["one", 2, 3, 4], []]);
    await watched.close();
    const seen = watched.seen.filter(({ event }) => event === "message").slice(0, 4);
    assert.deepEqual(seen.map(({ kind, bytes }) => [kind, bytes]), [["text", 3], ["binary", 2], ["binary", 3], ["binary", 4]]);
  });

  test("callbacks that throw are reported, and neither cost a message nor the connection", async () => {
    const answer = await page.run(async () => {
      const reported = [];
      addEventListener("error", (event) => {
        reported.push(event.message);
        event.preventDefault();
      });
      let [pings, looks] = [0, 0];
      const client = new everwire.Client("/ws/echo", {
        heartbeat: {
          interval: 20,
          timeout: 5_000,
          ping: () => (pings++ === 0 ? throwing() : "ping"),
          isPong: (data) => (looks++ === 0 ? throwing() : data === "ping"),
        },
      });
      const entries = diary(client);
      await client.opened;
      const back = next(client, "message");
      while (pings === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      client.send("a message, in doubt");
      await back;
      while (client.stats().roundTrip === null) await new Promise((resolve) => setTimeout(resolve, 5));
      await client.close();
      return { reported, entries: entries.filter(([type]) => type !== "state") };
    });
    assert.equal(answer.reported.length, 2);
    assert.ok(answer.reported.every((message) => message.includes("from a listener")), `${answer.reported}`);
    assert.deepEqual(answer.entries.map(([type, what]) => [type, what.code ?? what]), [
      ["open", { attempt: 0, reconnected: false }],
      ["message", "a message, in doubt"],
      ["close", 1000],
    ]);
  });

  test("a peer that takes slowly is given its time from when the ping has left, one that takes nothing is not", { skip: withoutBufferedAmount }, async () => {
    const server = await startServer({ options: ["--origin", "*", "--small-buffers"] });
    const lives = await page.run(async (paths) => {
      const lives = [];
      for (const path of paths) {
        const client = new everwire.Client(path, { reconnect: false, heartbeat: { interval: 100, timeout: 700 } });
        let cause;
        client.addEventListener("error", ({ error }) => (cause = error.code));
        await client.opened;
        const opened = performance.now();
        // the ping goes behind 4 MiB: at 2 MiB a second it has left after some two seconds
        for (let sent = 0; sent < 64; sent += 1) client.send(new Uint8Array(65_536));
        await next(client, "down");
        lives.push([cause, performance.now() - opened]);
      }
      return lives;
    }, [server.ws("/ws/fault/silent?read=off&deflate=off"), server.ws("/ws/fault/slow?rate=2097152")]);
    const [[deaf, short], [slow, long]] = lives;
    assert.deepEqual([deaf, slow], ["unavailable/silent", "unavailable/silent"], "neither ever answers");
    assert.ok(short >= 700 && long > short + 700, `${short} ms and ${long} ms`);
    await server.stop();
  });
});
