// What does `WebSocket.with` change of the browser's WebSocket? README and types.d.ts say it; here it is so.
//
// Layers that do nothing (`with({})`) are put every question that the browser's own class is put, in the other
// dropin-*.test.mjs: where their answer differs, `layered` says why.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("what WebSocket.with changes", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("a lost socket is a close event, while readyState says CONNECTING; the next is an open event of the same object", async () => {
    const heard = await page.run(async () => {
      const socket = new (everwire.WebSocket.with({ reconnect: quick }))("/ws/fault/drop?after=message");
      const heard = [];
      for (const type of ["open", "error", "close"]) {
        socket.addEventListener(type, ({ code }) => heard.push([type, socket.readyState, ...(code ? [code] : [])]));
      }
      await next(socket, "open");
      socket.send("go");
      await next(socket, "close");
      await next(socket, "open");
      socket.close(1000);
      await next(socket, "close");
      return heard;
    });
    assert.deepEqual(heard, [["open", 1], ["close", 0, 1006], ["open", 1], ["close", 3, 1000]]);
  });

  test("an attempt that fails is an error event and no close, but for the last", async () => {
    const heard = await page.run(async () => {
      const socket = new (everwire.WebSocket.with({ reconnect: { ...quick, attempts: 2 } }))("/ws/fault/refuse");
      const heard = [];
      for (const type of ["open", "error", "close"]) {
        socket.addEventListener(type, (event) => heard.push([type, socket.readyState, event.constructor.name]));
      }
      await next(socket, "close");
      return heard;
    });
    assert.deepEqual(heard.filter(([type]) => type === "close"), [["close", 3, "CloseEvent"]]);
    assert.deepEqual(heard[0], ["error", 0, "Event"]);
    assert.equal(heard.at(-1)[0], "close");
  });

  test("what is accepted and will not be sent is a drop event, with the data and the reason", async () => {
    const dropped = await page.run(async () => {
      const Layered = everwire.WebSocket.with({ queue: { maxMessages: 1 } });
      const dropped = [];
      const note = ({ data, reason }) => dropped.push([typeof data === "string" ? data : data.byteLength, reason]);
      const socket = new Layered("/ws/echo");
      socket.addEventListener("drop", note);
      socket.send("kept");
      socket.send("too many");
      await next(socket, "open");
      const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
      socket.send(new Uint8Array(shared, 0, 4));
      await next(socket, "message");
      socket.close();
      socket.send("while closing");
      await next(socket, "close");
      socket.send("after the close: nothing, as in the browser");
      await Promise.resolve();
      return dropped;
    });
    assert.deepEqual(dropped, [["too many", "overflow"], [4, "unsendable"], ["while closing", "closed"]]);
  });

  test("bufferedAmount counts what waits, too, text as it occupies memory", async () => {
    const counts = await page.run(async () => {
      const socket = new (everwire.WebSocket.with({ reconnect: quick }))("/ws/echo");
      const counts = [socket.bufferedAmount];
      for (const data of ["€uro", new Uint8Array(3), new Blob(["12"])]) {
        socket.send(data);
        counts.push(socket.bufferedAmount);
      }
      while (typeof (await next(socket, "message")).data === "string" || socket.bufferedAmount > 0);
      counts.push(socket.bufferedAmount);
      socket.close();
      return counts;
    });
    assert.deepEqual(counts, [0, 8, 11, 13, 0]);
  });

  test("options that are wrong are an EverwireError when a socket is made, not when the class is", async () => {
    const said = await page.run(() => {
      const Layered = everwire.WebSocket.with({ reconnect: { minDelay: "soon" } });
      try {
        return `made ${new Layered("/ws/echo")}`;
      } catch (error) {
        return [error instanceof everwire.EverwireError, error.code];
      }
    });
    assert.deepEqual(said, [true, "misuse/option"]);
  });

  test("a close code that says stop closes for good, without an error", async () => {
    const heard = await page.run(async () => {
      const socket = new (everwire.WebSocket.with({ reconnect: quick }))("/ws/fault/close?code=4500&after=message");
      const heard = [];
      for (const type of ["error", "close"]) socket.addEventListener(type, ({ code }) => heard.push([type, socket.readyState, code ?? 0]));
      await next(socket, "open");
      socket.send("go");
      await next(socket, "close");
      return heard;
    });
    assert.deepEqual(heard, [["close", 3, 4500]]);
  });
});
