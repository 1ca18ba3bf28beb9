// Are events told as the browser's own class tells them?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("events", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("on* handlers are called, with the socket as this, until they are set to null", async () => {
    const answer = await page.run(async () => {
      const socket = new everwire.WebSocket("/ws/echo");
      const heard = [];
      const note = function (event) {
        heard.push([event.type, this === socket, event.target === socket, event.constructor.name]);
      };
      socket.onopen = socket.onmessage = socket.onerror = socket.onclose = note;
      await next(socket, "open");
      socket.send("one");
      await next(socket, "message");
      socket.onmessage = null;
      socket.send("two");
      await next(socket, "message");
      socket.close(1000);
      await next(socket, "close");
      return heard;
    });
    assert.deepEqual(answer, [
      ["open", true, true, "Event"],
      ["message", true, true, "MessageEvent"],
      ["close", true, true, "CloseEvent"],
    ]);
  });

  test("on* reads back what was set, and null for what cannot be called", async () => {
    const answer = await page.run(() => {
      const socket = new everwire.WebSocket("/ws/echo");
      const handler = () => {};
      const read = [socket.onopen];
      for (const value of [handler, 1, "text", undefined, null]) {
        socket.onopen = value;
        read.push(socket.onopen === handler ? "handler" : socket.onopen);
      }
      socket.close();
      return read;
    });
    assert.deepEqual(answer, [null, "handler", null, null, null, null]);
  });

  test("a handler keeps its place among the listeners when it is replaced", async () => {
    const answer = await page.run(async () => {
      const socket = new everwire.WebSocket("/ws/echo");
      const heard = [];
      socket.onopen = () => heard.push("replaced");
      socket.addEventListener("open", () => heard.push("listener"));
      socket.onopen = () => heard.push("handler");
      await next(socket, "open");
      socket.close();
      return heard;
    });
    assert.deepEqual(answer, ["handler", "listener"]);
  });

  test("addEventListener takes once, signal and handleEvent; removeEventListener removes", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      const heard = [];
      const abort = new AbortController();
      const removed = () => heard.push("removed");
      socket.addEventListener("message", ({ data }) => heard.push(`once ${data}`), { once: true });
      socket.addEventListener("message", ({ data }) => heard.push(`until aborted ${data}`), { signal: abort.signal });
      socket.addEventListener("message", { handleEvent: ({ data }) => heard.push(`object ${data}`) });
      socket.addEventListener("message", removed);
      socket.removeEventListener("message", removed);
      for (const text of ["one", "two", "three"]) {
        socket.send(text);
        await next(socket, "message");
        if (text === "two") abort.abort();
      }
      socket.close();
      return heard;
    });
    assert.deepEqual(answer, [
      "once one",
      "until aborted one",
      "object one",
      "until aborted two",
      "object two",
      "object three",
    ]);
  });

  test("a listener that throws is reported and keeps no other from hearing", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      const reported = next(globalThis, "error");
      socket.addEventListener("message", throwing);
      const heard = next(socket, "message");
      socket.send("one");
      const told = [(await heard).data, (await reported).error.message];
      socket.send("two");
      told.push((await next(socket, "message")).data);
      socket.close();
      return told;
    });
    assert.deepEqual(answer, ["one", "from a listener", "two"]);
  });

  test("any method may be called inside any listener", async () => {
    const answer = await page.run(async () => {
      const socket = new everwire.WebSocket("/ws/echo");
      const heard = [];
      const note = (event) => heard.push(`${event.type} ${socket.readyState}`);
      socket.onopen = (event) => {
        note(event);
        socket.send("from open");
        new everwire.WebSocket("/ws/echo").close();
      };
      socket.onmessage = (event) => {
        note(event);
        socket.close(3000, "from message");
        heard.push(`closing ${socket.readyState}`);
        socket.close();
        socket.send("too late");
      };
      const closed = next(socket, "close");
      socket.onclose = (event) => {
        note(event);
        socket.close();
        socket.send("much too late");
      };
      const { code, wasClean } = await closed;
      return [...heard, code, wasClean];
    });
    assert.deepEqual(answer, ["open 1", "message 1", "closing 2", "close 3", 3000, true]);
  });

  test("a whole session is told in the same events as by the browser's own class", async () => {
    const answer = await page.run(async () => {
      async function record(WebSocket) {
        const log = [];
        const socket = new WebSocket("/ws/echo?protocol=soap", ["wamp", "soap"]);
        const keep = ({ type, data, code, reason, wasClean, origin, lastEventId, ports, bubbles, cancelable }) =>
          log.push({ type, data: String(data), code, reason, wasClean, origin, lastEventId, ports: ports?.length, bubbles,
            cancelable, state: socket.readyState, protocol: socket.protocol, extensions: socket.extensions });
        for (const type of ["open", "message", "error", "close"]) socket.addEventListener(type, keep);
        await next(socket, "open");
        for (const data of ["text", new Blob(["blob"]), new Uint8Array(2)]) {
          socket.send(data);
          await next(socket, "message");
        }
        socket.close(4000, "done");
        await next(socket, "close");
        log.push(socket.url, socket.readyState, socket.bufferedAmount, socket.protocol, socket.extensions);
        const refused = new WebSocket("/ws/fault/refuse?status=503");
        for (const type of ["open", "message", "error", "close"]) refused.addEventListener(type, keep);
        await next(refused, "close");
        return log;
      }
      return { ours: await record(everwire.WebSocket), native: await record(globalThis.WebSocket) };
    });
    assert.ok(answer.native.length > 8);
    assert.deepEqual(answer.ours, answer.native);
  });
});
