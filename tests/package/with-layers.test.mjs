// Is the drop-in with layers still a WebSocket to code that knows nothing of them?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

describe("the drop-in with layers", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("has the class's shape: constants, prototype, attributes, instanceof", async () => {
    const answer = await page.run(async () => {
      const Resilient = everwire.WebSocket.with({ reconnect: true });
      const socket = new Resilient("/ws/echo");
      const constants = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
      const shape = {
        statics: constants.map((name) => Resilient[name]),
        own: constants.map((name) => socket[name]),
        is: [socket instanceof EventTarget, socket instanceof everwire.WebSocket, socket instanceof Resilient],
        tag: `${socket}`,
        handlers: ["onopen", "onmessage", "onerror", "onclose"].map((name) => socket[name]),
        readyState: socket.readyState,
        parameters: [Resilient.length, Resilient.prototype.send.length, Resilient.prototype.close.length],
        bare: [everwire.WebSocket.length, everwire.WebSocket.prototype.send.length, everwire.WebSocket.prototype.close.length],
        again: new (Resilient.with({ reconnect: false }))("/ws/echo") instanceof Resilient,
      };
      socket.close();
      return shape;
    });
    assert.deepEqual(answer.parameters, answer.bare);
    delete answer.parameters;
    delete answer.bare;
    assert.deepEqual(answer, {
      statics: [0, 1, 2, 3], own: [0, 1, 2, 3], is: [true, true, true], tag: "[object WebSocket]",
      handlers: [null, null, null, null], readyState: 0, again: true,
    });
  });

  test("what is sent while it connects or waits arrives once, in order; a bare one throws", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const answer = await page.run(async (path) => {
      const Resilient = everwire.WebSocket.with({ reconnect: quick });
      const socket = new Resilient(path);
      socket.binaryType = "arraybuffer";
      const heard = [];
      socket.onmessage = ({ data }) => heard.push(typeof data === "string" ? data : data.byteLength);
      socket.send("one");
      socket.send(new Uint8Array(2));
      while (heard.length < 2) await next(socket, "message");
      await next(socket, "close");
      const waiting = socket.readyState;
      socket.send("three");
      const queued = socket.bufferedAmount;
      await next(socket, "open");
      socket.send("four");
      while (heard.length < 4) await next(socket, "message");
      socket.close();
      const bare = thrownBy(() => new everwire.WebSocket("/ws/echo").send("x"));
      return { heard, waiting, queued, bare, binaryType: socket.binaryType };
    }, `/ws/fault/drop?after=700&watch=${id}`); // each socket ends so long after it opened
    assert.deepEqual(answer, {
      heard: ["one", 2, "three", "four"],
      waiting: 0,
      queued: 10, // text that waits counts what it occupies
      bare: "DOMException InvalidStateError",
      binaryType: "arraybuffer",
    });
    await watched.event("the last", ({ bytes }) => bytes === 4);
    const sizes = watched.seen.filter(({ event }) => event === "message").map(({ bytes }) => bytes);
    assert.deepEqual(sizes, [3, 2, 5, 4]);
  });

  test("open and close come once per socket, error before the close of one that failed, nothing after the last", async () => {
    const answer = await page.run(async () => {
      const Resilient = everwire.WebSocket.with({ reconnect: { ...quick, attempts: 2 } });
      const noted = [];
      for (const path of ["/ws/fault/close?code=1012&after=message", "/ws/fault/refuse"]) {
        const socket = new Resilient(path);
        const events = [];
        for (const type of ["open", "error", "close"]) {
          socket.addEventListener(type, (event) => events.push([type, socket.readyState, event.constructor.name]));
        }
        socket.onopen = () => socket.send("go");
        while (socket.readyState !== 3) await next(socket, "close");
        socket.send("silently dropped, as the standard says");
        noted.push(events);
      }
      return noted;
    });
    const [flapping, refused] = answer;
    assert.deepEqual(flapping.filter(([type]) => type !== "error"), [
      ["open", 1, "Event"], ["close", 0, "CloseEvent"], ["open", 1, "Event"], ["close", 3, "CloseEvent"],
    ]);
    assert.ok(refused.length > 0 && refused.every(([, , name]) => name === "Event" || name === "CloseEvent"));
    assert.deepEqual(refused.at(-1), ["close", 3, "CloseEvent"]);
    assert.ok(refused.some(([type]) => type === "error"));
    assert.ok(refused.filter(([type]) => type === "open").length === 0);
  });

  test("a protocol library that hands it on signs in over each socket, and goes on where it was", async () => {
    // as graphql-ws does: connection_init when it opens, then what it subscribed to; and it compares with OPEN
    const answer = await page.run(async () => {
      const subscribe = (WebSocketImpl, url) => {
        const log = [];
        const socket = new WebSocketImpl(url, "soap");
        socket.onopen = () => {
          if (socket.readyState !== WebSocketImpl.OPEN) throw new Error("not open in open");
          log.push(`open ${socket.protocol}`);
          socket.send(JSON.stringify({ type: "connection_init" }));
        };
        socket.onmessage = ({ data }) => {
          const { type } = JSON.parse(data);
          if (type !== "connection_init") return;
          log.push("acknowledged");
          socket.send(JSON.stringify({ type: "subscribe" }));
        };
        socket.onclose = ({ code }) => log.push(`close ${code}`);
        return { socket, log };
      };
      const Resilient = everwire.WebSocket.with({ reconnect: quick });
      const { socket, log } = subscribe(Resilient, "/ws/fault/close?code=1012&after=100&protocol=soap");
      while (log.filter((line) => line === "acknowledged").length < 2) await next(socket, "message");
      socket.close(1000, "Normal Closure");
      while (socket.readyState !== 3) await next(socket, "close");
      return log;
    });
    assert.deepEqual(answer.slice(0, 2), ["open soap", "acknowledged"]);
    const count = (beginning) => answer.filter((line) => line.startsWith(beginning)).length;
    assert.ok(count("open soap") >= 2 && count("open soap") === count("close"), `${answer}`);
    assert.equal(answer.at(-1), "close 1000");
  });

  test("heartbeat, limits and queue are there, too: a silent peer is left, a pong is not delivered, a rate is kept", async () => {
    const answer = await page.run(async () => {
      const noted = [];
      const Watchful = everwire.WebSocket.with({
        reconnect: quick,
        heartbeat: { interval: 50, timeout: 100, ping: "pong" },
      });
      const silent = new Watchful("/ws/fault/silent");
      const { code } = await next(silent, "close");
      noted.push(["silent", code, silent.readyState]);
      silent.close();

      const live = new Watchful("/ws/echo");
      live.onmessage = ({ data }) => noted.push(["message", data]);
      await next(live, "open");
      live.send("hello");
      await next(live, "message");
      await new Promise((resolve) => setTimeout(resolve, 200)); // the clock is the fact: three intervals
      live.close();
      await next(live, "close");

      const Slow = everwire.WebSocket.with({ limit: { messagesPerSecond: 10 } });
      const slow = new Slow("/ws/echo");
      await next(slow, "open");
      const begun = performance.now();
      for (const text of ["1", "2", "3", "4"]) slow.send(text);
      while ((await next(slow, "message")).data !== "4");
      noted.push(["four messages at ten a second take 300 ms", performance.now() - begun > 295]);
      slow.close();
      return noted;
    });
    assert.deepEqual(answer, [
      ["silent", 1006, 0], ["message", "hello"], ["four messages at ten a second take 300 ms", true],
    ]);
  });

  test("close() without a code says none, as the browser does; one that waits closes with nobody to tell", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const answer = await page.run(async (path) => {
      const Resilient = everwire.WebSocket.with({ reconnect: { minDelay: 60_000, maxDelay: 60_000 } });
      const open = new Resilient(path);
      await next(open, "open");
      open.close();
      const closing = open.readyState;
      const { code, wasClean } = await next(open, "close");
      const waiting = new Resilient("/ws/fault/reset?after=message");
      await next(waiting, "open");
      waiting.send("go");
      await next(waiting, "close");
      const before = waiting.readyState;
      waiting.close();
      const end = await next(waiting, "close");
      return { closing, code, wasClean, before, end: end.code, after: waiting.readyState };
    }, `/ws/echo?watch=${id}`);
    assert.deepEqual(answer, { closing: 2, code: 1005, wasClean: true, before: 0, end: 1006, after: 3 });
    assert.equal((await watched.close()).code, 1005);
  });
});
