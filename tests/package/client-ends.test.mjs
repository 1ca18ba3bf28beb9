// How does a client end, in whichever state it is, and who is told?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

describe("the end of a client", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("the first close() counts, the server hears its words, and all who ask get the same answer", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const answer = await page.run(async (path) => {
      const client = new everwire.Client(path);
      const entries = diary(client);
      await client.opened;
      const closes = [client.close(4001, "enough – ça suffit"), client.close(4002, "more"), client.close(), client.closed];
      const state = client.state;
      return { state, closes: await Promise.all(closes), entries: entries.slice(-2), late: await client.close(4003) };
    }, `/ws/echo?watch=${id}`);
    const close = { code: 4001, reason: "enough – ça suffit", wasClean: true };
    assert.equal(answer.state, "closing");
    assert.deepEqual([...answer.closes, answer.late], [close, close, close, close, close]);
    assert.deepEqual(answer.entries, [["state", "closed"], ["close", close]]);
    const { code, reason } = await watched.close();
    assert.deepEqual({ code, reason, wasClean: true }, close);
  });

  test("a code or a reason that may not be said is refused, and nothing is closed", async () => {
    const answer = await page.run(async () => {
      const client = new everwire.Client("/ws/echo");
      await client.opened;
      const codes = [];
      for (const words of [[1001], [2999], [5000], [NaN], [1000, "é".repeat(62)]]) {
        try {
          client.close(...words);
          codes.push("nothing");
        } catch (error) {
          codes.push(error instanceof everwire.EverwireError ? error.code.split("/")[0] : `${error}`);
        }
      }
      const { state } = client;
      const { code } = await client.close(4999, "é".repeat(61));
      return { codes, state, code };
    });
    assert.deepEqual(answer, { codes: Array(5).fill("misuse"), state: "open", code: 4999 });
  });

  test("a silent peer is waited for as long as closeTimeout says, and no longer", async () => {
    const answer = await page.run(async () => {
      const client = new everwire.Client("/ws/fault/silent", { closeTimeout: 250 });
      const entries = diary(client);
      await client.opened;
      const begun = performance.now();
      const close = await client.close(4000);
      const lasted = performance.now() - begun;
      return { close, lasted, end: entries.slice(-1), state: client.state, buffered: client.bufferedAmount };
    });
    assert.ok(answer.lasted >= 249 && answer.lasted < 2_500, `${answer.lasted} ms of 250`);
    const close = { code: 1006, reason: "", wasClean: false };
    assert.deepEqual([answer.close, answer.end, answer.state], [close, [["close", close]], "closed"]);
  });

  test("what never opened says so, once, and no rejection is unhandled", async () => {
    const answer = await page.run(async () => {
      const unhandled = [];
      addEventListener("unhandledrejection", (event) => unhandled.push(`${event.reason}`));
      const client = new everwire.Client("/ws/fault/refuse", { reconnect: { attempts: 1 }, queue: { maxMessages: 1 } });
      client.send("waits until the end");
      client.send("too many");
      client.send("taken back", { signal: AbortSignal.abort() });
      client.flush();
      void client.opened;
      const { code } = await client.closed;
      client.send("too late");
      const rejections = [client.opened, client.send("much too late")].map((promise) => promise.catch((error) => [error.code, error.name]));
      const codes = await Promise.all(rejections);
      // the browser tells of unhandled ones in a task
      await new Promise((resolve) => setTimeout(resolve));
      await new Promise((resolve) => setTimeout(resolve));
      return { code, codes, unhandled };
    });
    assert.equal(answer.code, 1006);
    assert.deepEqual(answer.codes, [["unavailable/closed", "EverwireError"], ["dropped/closed", "EverwireError"]]);
    assert.deepEqual(answer.unhandled, []);
  });

  test("a signal that is aborted before, during or after ends it, and lets go of what it asked for", async () => {
    const answer = await page.run(async () => {
      // where nobody answers: Firefox may have an answer before this turn has ended
      const early = new everwire.Client("/ws/fault/stall?after=3000", { signal: AbortSignal.abort() });
      const earlyEnd = await early.closed;

      const controller = new AbortController();
      let asked;
      const hanging = new everwire.Client((context) => new Promise(() => (asked = context.signal)), { signal: controller.signal });
      while (!asked) await Promise.resolve();
      controller.abort();
      await hanging.closed;

      const late = new AbortController();
      const open = new everwire.Client("/ws/echo", { signal: late.signal });
      await open.opened;
      late.abort();
      const { code } = await open.closed;
      late.abort();
      return { early: [earlyEnd.code, early.stats().connects], provider: asked.aborted, code, states: [early, hanging, open].map(({ state }) => state) };
    });
    assert.deepEqual(answer, { early: [1006, 0], provider: true, code: 1000, states: ["closed", "closed", "closed"] });
  });

  test("close() inside any callback is the end, and nothing is tried again", async () => {
    const answer = await page.run(async () => {
      const lives = {};
      const live = async (name, url, options) => {
        let client;
        const attempts = [];
        client = new everwire.Client((context) => (attempts.push(context.attempt), url(client)), options(() => client.close(4005)));
        client.addEventListener("open", () => client.send("ping"));
        const { code } = await client.closed;
        lives[name] = [code, attempts.length, client.state];
      };
      const echo = () => "/ws/echo";
      await live("address", (client) => (client ? (client.close(), "/ws/echo") : Promise.reject(new Error("not yet"))), () => ({ reconnect: quick }));
      await live("protocols", echo, (close) => {
        let asked = 0;
        return { reconnect: quick, protocols: () => (asked++ === 0 ? Promise.reject(new Error("not yet")) : (close(), [])) };
      });
      await live("shouldRetry", () => "/ws/fault/close?code=1012&after=message", (close) => ({
        reconnect: { ...quick, shouldRetry: () => (close(), true) },
      }));
      await live("isPong", echo, (close) => ({ reconnect: quick, heartbeat: { isPong: () => (close(), true) } }));
      await live("ping", echo, (close) => ({ reconnect: quick, heartbeat: { interval: 10, ping: () => (close(), "ping") } }));
      return lives;
    });
    // 1006: given up while it connects; where Firefox's network was quicker than its page, the handshake of a close is made
    const said = (name, code) => (page.name === "firefox" && answer[name][0] === code ? code : 1006);
    assert.deepEqual(answer, {
      address: [said("address", 1000), 2, "closed"],
      protocols: [said("protocols", 4005), 2, "closed"],
      shouldRetry: [1006, 1, "closed"],
      isPong: [4005, 1, "closed"],
      ping: [4005, 1, "closed"],
    });
  });

  test("a closed client can be asked for anything, and does nothing", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const answer = await page.run(async (path) => {
      const client = new everwire.Client(path, { binaryType: "blob" });
      await client.opened;
      client.send("one");
      await client.close();
      const entries = diary(client);
      client.reconnect();
      client.binaryType = "arraybuffer";
      for (const type of ["online", "pageshow"]) dispatchEvent(new Event(type));
      const { messagesSent, connects, connectedSince } = client.stats();
      const { url, protocol, extensions, bufferedAmount, binaryType, state } = client;
      await client.flush();
      const { done } = await client.messages().next();
      return {
        entries, done, stats: [messagesSent, connects, connectedSince], is: [protocol, bufferedAmount, binaryType, state],
        hasUrl: url.startsWith("ws:") && typeof extensions === "string",
      };
    }, `/ws/echo?watch=${id}`);
    assert.deepEqual(answer, {
      entries: [], done: true, stats: [1, 1, null], is: ["", 0, "arraybuffer", "closed"], hasUrl: true,
    });
    await watched.close();
    assert.equal(watched.seen.filter(({ event }) => event === "open").length, 1);
  });
});
