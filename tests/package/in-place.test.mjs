// Does the class hold in the browser's own place, wrapped, and under a subclass?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("in place of the browser's own", () => {
  const page = consumerPage();
  beforeEach(() => page.open({ init: false }));

  for (const place of ["itself", "a subclass", "a Proxy", "a wrapper with its prototype", "a wrapper with its own"]) {
    for (const when of ["before", "after"]) {
      test(`${place}, put there ${when} the WebAssembly is loaded, connects`, async () => {
        const echoed = await page.run(async (place, when) => {
          const ours = everwire.WebSocket;
          const wrapper = function (...given) { return new ours(...given); };
          if (place === "a wrapper with its prototype") wrapper.prototype = ours.prototype;
          const places = { "itself": ours, "a subclass": class extends ours {}, "a Proxy": new Proxy(ours, {}) };
          const put = () => { globalThis.WebSocket = places[place] ?? wrapper; };
          if (when === "before") put();
          await everwire.init();
          if (when === "after") put();
          const socket = new globalThis.WebSocket("/ws/echo");
          await next(socket, "open");
          socket.send("still here");
          const { data } = await next(socket, "message");
          socket.close();
          return data;
        }, place, when);
        assert.equal(echoed, "still here");
      });
    }
  }

  test("a class with layers, itself or wrapped, opens the browser's own and not itself again", async () => {
    const answer = await page.run(async () => {
      await everwire.init();
      const own = globalThis.WebSocket;
      const opened = [];
      for (const wrap of [(Layered) => Layered, (Layered) => function (...given) { return new Layered(...given); }]) {
        globalThis.WebSocket = wrap(everwire.WebSocket.with({ reconnect: true }));
        const socket = new globalThis.WebSocket("/ws/echo");
        opened.push(await Promise.race([next(socket, "open"), next(socket, "error")]).then(({ type }) => type));
        socket.close();
      }
      globalThis.WebSocket = own;
      return opened;
    });
    assert.deepEqual(answer, ["open", "open"]);
  });

  test("a subclass may name its methods as it likes: handlers and events do not pass through them", async () => {
    const heard = await page.run(async () => {
      await everwire.init();
      class Own extends everwire.WebSocket {
        addEventListener(type, listener) { this[`on${type}`] = listener; }
        dispatchEvent() { throw new Error("nobody's business"); }
      }
      const socket = new Own("/ws/echo");
      const heard = [];
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      socket.addEventListener("message", (event) => { heard.push(event.data); socket.close(1000); });
      socket.send("one");
      await new Promise((resolve) => socket.addEventListener("close", resolve));
      return heard;
    });
    assert.deepEqual(heard, ["one"]);
  });

  test("what Web IDL says of conversions and receivers holds", async () => {
    const answer = await page.run(async () => {
      await everwire.init();
      const { WebSocket } = everwire;
      const socket = new WebSocket("/ws/echo");
      const answer = {
        bigint: thrownBy(() => socket.close(1000n)),
        receiver: thrownBy(() => WebSocket.prototype.close.call({}, 999)),
        symbol: thrownBy(() => socket.close(1000, Symbol())),
        accessor: Object.getOwnPropertyDescriptor(WebSocket.prototype, "onopen").get.name,
      };
      socket.onopen = () => false;
      const cancelable = new Event("open", { cancelable: true });
      socket.dispatchEvent(cancelable);
      answer.cancelled = cancelable.defaultPrevented;
      socket.close();
      return answer;
    });
    assert.deepEqual(answer, {
      bigint: "TypeError TypeError",
      receiver: "TypeError TypeError",
      symbol: "TypeError TypeError",
      accessor: "get onopen",
      cancelled: true,
    });
  });
});
