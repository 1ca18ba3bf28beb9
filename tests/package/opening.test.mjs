// Does the class open as the browser's own does, and refuse what that refuses?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("opening", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("before init() the class says in a sentence what is missing, and it works afterwards", async () => {
    await page.open({ init: false });
    const answer = await page.run(async () => {
      let sentence;
      try {
        new everwire.WebSocket("/ws/echo");
      } catch (error) {
        sentence = error.message;
      }
      await Promise.all([everwire.init(), everwire.init()]);
      await everwire.init();
      const socket = await openSocket("/ws/echo");
      socket.close();
      return { sentence, state: socket.readyState };
    });
    assert.match(answer.sentence, /^everwire is not loaded yet: `await init\(\)` first/);
    assert.equal(answer.state, 2);
  });

  test("importing adds nothing to the page, and init() neither", async () => {
    const added = await page.run(async () => {
      const frame = document.createElement("iframe"); // a page as it is without us
      document.body.append(frame);
      const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
      const tests = ["everwire", "next", "openSocket", "throwing", "thrownBy", "diary", "quick", "wasmBytes", "0"]; // page.js's own, and the frame
      const own = Object.getOwnPropertyNames(globalThis).filter((name) => !plain.has(name) && !tests.includes(name));
      const { WebSocket } = globalThis;
      return { own, native: WebSocket !== everwire.WebSocket && /\[native code\]/.test(String(WebSocket)) };
    });
    // the drivers leave marks of their own
    assert.deepEqual(added.own.filter((name) => !/^(\$?cdc_|__webdriver|ret_nodes)/.test(name)), []);
    assert.equal(added.native, true);
  });

  test("it is an EventTarget that carries its constants, on the class and on every socket", async () => {
    const answer = await page.run(() => {
      const { WebSocket } = everwire;
      const socket = new WebSocket("/ws/echo");
      const names = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
      const fixed = names.map((name) => thrownBy(() => {
        "use strict";
        WebSocket[name] = 9;
      }));
      const answer = {
        statics: names.map((name) => WebSocket[name]),
        prototype: names.map((name) => WebSocket.prototype[name]),
        instance: names.map((name) => socket[name]),
        fixed,
        eventTarget: socket instanceof EventTarget,
        text: String(socket),
        name: WebSocket.name,
        keys: Object.keys(globalThis.WebSocket.prototype).filter((key) => !(key in socket)),
      };
      socket.close();
      return answer;
    });
    const values = [0, 1, 2, 3];
    assert.deepEqual(answer, {
      statics: values,
      prototype: values,
      instance: values,
      fixed: Array(4).fill("TypeError TypeError"),
      eventTarget: true,
      text: "[object WebSocket]",
      name: "WebSocket",
      keys: [],
    });
  });

  test("send() while connecting throws InvalidStateError", async () => {
    const thrown = await page.run(() => {
      const socket = new everwire.WebSocket("/ws/fault/stall?after=5000");
      const thrown = thrownBy(() => socket.send("too early"));
      socket.close();
      return thrown;
    });
    assert.equal(thrown, "DOMException InvalidStateError");
  });

  test("what is no address and what is no subprotocol throw as from the browser's own class", async () => {
    const { ours, native } = await page.run(() => {
      const attempts = (WebSocket) => [
        () => new WebSocket("ws://"),
        () => new WebSocket("ftp://127.0.0.1/"),
        () => new WebSocket("/ws/echo#fragment"),
        () => new WebSocket("/ws/echo", "two words"),
        () => new WebSocket("/ws/echo", ["soap", "soap"]),
        () => new WebSocket("/ws/echo", [""]),
        () => new WebSocket("/ws/echo", ""),
        () => new WebSocket("/ws/echo", "ü"),
        () => new WebSocket(),
        () => WebSocket("/ws/echo"),
        () => new WebSocket(Symbol("address")),
      ];
      return { ours: attempts(everwire.WebSocket).map(thrownBy), native: attempts(WebSocket).map(thrownBy) };
    });
    assert.deepEqual(ours.slice(0, 8), Array(8).fill("DOMException SyntaxError"));
    assert.deepEqual(ours.slice(8), Array(3).fill("TypeError TypeError"));
    assert.deepEqual(ours, native);
  });

  test("http:, https: and relative addresses become ws: and wss:, and a URL object is taken", async () => {
    const urls = await page.run(() => {
      const addresses = ["/ws/echo", "ws/echo?a=b c", `http://${location.host}/ws/echo`, new URL("/ws/echo", location.href)];
      return addresses.map((address) => {
        const socket = new everwire.WebSocket(address);
        socket.close();
        return socket.url;
      });
    });
    const url = page.server.ws("/ws/echo");
    assert.deepEqual(urls, [url, `${url}?a=b%20c`, url, url]);
  });

  test("of soap and wamp the server picks soap; extensions are what was negotiated", async () => {
    const answer = await page.run(async () => {
      const socket = new everwire.WebSocket("/ws/protocol", ["soap", "wamp"]);
      const before = [socket.protocol, socket.extensions];
      const message = next(socket, "message");
      await next(socket, "open");
      const { offered, chosen } = JSON.parse((await message).data);
      const open = [socket.protocol, socket.extensions];
      socket.close();
      await next(socket, "close");
      return { before, open, after: [socket.protocol, socket.extensions], offered, chosen };
    });
    assert.deepEqual(answer.before, ["", ""]);
    assert.equal(answer.open[0], "soap");
    assert.match(answer.open[1], /^permessage-deflate/);
    assert.deepEqual(answer.after, answer.open);
    assert.deepEqual([answer.offered, answer.chosen], [["soap", "wamp"], "soap"]);
  });
});
