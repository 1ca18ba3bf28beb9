// Do messages travel both ways as the browser's own values?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("messages", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("text comes back as a string, whatever is in it", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      const received = [];
      for (const text of ["plain", "", "ü 漢字 🎉", "\u0000", "a\ud800b", "x".repeat(300_000)]) {
        const message = next(socket, "message");
        socket.send(text);
        const { data, origin, constructor, isTrusted } = await message;
        received.push([typeof data, data, origin, constructor === MessageEvent, isTrusted]);
      }
      socket.send(["not", "text"]); // Web IDL turns anything else into a string
      received.push((await next(socket, "message")).data);
      return received;
    });
    const origin = page.server.ws("");
    const arrives = (data) => ["string", data, origin, true, false];
    assert.deepEqual(answer, [
      arrives("plain"),
      arrives(""),
      arrives("ü 漢字 🎉"),
      arrives("\u0000"),
      arrives("a\ufffdb"), // a lone surrogate has no UTF-8: a USVString replaces it
      arrives("x".repeat(300_000)),
      "not,text",
    ]);
  });

  test("ArrayBuffer, view and Blob come back as Blob or as ArrayBuffer, as binaryType says", async () => {
    const answer = await page.run(async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const socket = await openSocket("/ws/echo");
      const received = [];
      for (const type of ["blob", "arraybuffer"]) {
        if (type !== "blob") socket.binaryType = type; // a Blob is the default
        for (const data of [
          bytes.buffer,
          bytes.subarray(10, 20),
          new DataView(bytes.buffer, 250),
          new Float64Array([1.5]),
          new Blob([bytes, "tail"]),
          new ArrayBuffer(0),
        ]) {
          const message = next(socket, "message");
          socket.send(data);
          const { data: came } = await message;
          const read = new Uint8Array(came instanceof Blob ? await came.arrayBuffer() : came);
          received.push([Object.getPrototypeOf(came).constructor.name, read.length, read[0] ?? null, read.at(-1) ?? null]);
        }
      }
      return received;
    });
    const arrives = (name) => [
      [name, 256, 0, 255],
      [name, 10, 10, 19],
      [name, 6, 250, 255],
      [name, 8, 0, 63],
      [name, 260, 0, 108],
      [name, 0, null, null],
    ];
    assert.deepEqual(answer, [...arrives("Blob"), ...arrives("ArrayBuffer")]);
  });

  test("binaryType keeps what it has when it is given something else, and bufferType does nothing", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      const types = [socket.binaryType];
      socket.binaryType = "arraybuffer";
      types.push(socket.binaryType);
      socket.binaryType = "buffer";
      types.push(socket.binaryType);
      socket.bufferType = "blob"; // the article's slip
      socket.send(new Uint8Array(1));
      return [...types, (await next(socket, "message")).data.constructor.name];
    });
    assert.deepEqual(answer, ["blob", "arraybuffer", "arraybuffer", "ArrayBuffer"]);
  });

  test("what is sent and what arrives are the browser's own objects, handed through and not copied", async () => {
    const answer = await page.run(async () => {
      const [sent, received] = [[], []];
      const Native = globalThis.WebSocket;
      globalThis.WebSocket = class extends Native {
        constructor(...parameters) {
          super(...parameters);
          this.addEventListener("message", ({ data }) => received.push(data));
        }
        send(data) {
          sent.push(data);
          super.send(data);
        }
      };
      const socket = await openSocket("/ws/echo");
      globalThis.WebSocket = Native;
      const same = [];
      for (const type of ["blob", "arraybuffer"]) {
        socket.binaryType = type;
        for (const data of [new Blob(["blob"]), new ArrayBuffer(4), new Uint16Array(3)]) {
          const message = next(socket, "message");
          socket.send(data);
          same.push(sent.at(-1) === data, (await message).data === received.at(-1));
        }
      }
      return same;
    });
    assert.deepEqual(answer, Array(12).fill(true));
  });

  test("messages keep their order, a Blob among them too", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      const kinds = [];
      const all = new Promise((resolve) => {
        socket.onmessage = ({ data }) => {
          kinds.push(typeof data === "string" ? data : data.size);
          if (kinds.length === 300) resolve();
        };
      });
      for (let number = 0; number < 300; number += 3) {
        socket.send(String(number));
        socket.send(new Blob([new Uint8Array(number + 1)]));
        socket.send(new Uint8Array(number + 2));
      }
      await all;
      return kinds;
    });
    const expected = Array.from({ length: 300 }, (_, number) => (number % 3 === 0 ? String(number) : number));
    assert.deepEqual(answer, expected);
  });
});
