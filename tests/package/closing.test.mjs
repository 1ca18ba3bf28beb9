// Do close codes, reasons and the states around them work both ways?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

describe("closing", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  /** Closes a socket by `close(...parameters)`; gives what the page is told and what the server sees. */
  async function closeWith(...parameters) {
    const id = freshId();
    const watched = await watch(page.server, id);
    const told = await page.run(
      async (path, args) => {
        const socket = await openSocket(path);
        socket.close(...args);
        const { code, wasClean } = await next(socket, "close");
        return { code, wasClean }; // the reason is the server's to repeat or not
      },
      `/ws/echo?watch=${id}`,
      parameters,
    );
    const { code, reason, clean } = await watched.close();
    return { told, seen: { code, reason, clean } };
  }

  test("the page's code and reason reach the server, and the code comes back", async () => {
    for (const [code, reason] of [[1000, "Work complete"], [3000, ""], [4999, "ü🎉".repeat(20)]]) {
      assert.deepEqual(await closeWith(code, reason), {
        told: { code, wasClean: true },
        seen: { code, reason, clean: true },
      });
    }
  });

  test("close() without a code sends none", async () => {
    assert.deepEqual(await closeWith(), {
      told: { code: 1005, wasClean: true },
      seen: { code: 1005, reason: "", clean: true },
    });
  });

  for (const [code, reason] of [[1000, "Bye!"], [1001, ""], [1011, "server error"], [4321, "ours"]]) {
    test(`the server's ${code} "${reason}" reaches the page`, async () => {
      const told = await page.run(
        async (path) => {
          const { code, reason, wasClean } = await next(new everwire.WebSocket(path), "close");
          return { code, reason, wasClean };
        },
        `/ws/fault/close?code=${code}&reason=${encodeURIComponent(reason)}`,
      );
      assert.deepEqual(told, { code, reason, wasClean: true });
    });
  }

  test("a connection that breaks is 1006, without a reason, not clean", async () => {
    const told = await page.run(async () => {
      const { code, reason, wasClean } = await next(new everwire.WebSocket("/ws/fault/reset"), "close");
      return { code, reason, wasClean };
    });
    assert.deepEqual(told, { code: 1006, reason: "", wasClean: false });
  });

  test("readyState goes 0, 1, 2, 3", async () => {
    const states = await page.run(async () => {
      const socket = new everwire.WebSocket("/ws/echo");
      const seen = [socket.readyState];
      await next(socket, "open");
      seen.push(socket.readyState);
      socket.close();
      seen.push(socket.readyState);
      await next(socket, "close");
      return [...seen, socket.readyState];
    });
    assert.deepEqual(states, [0, 1, 2, 3]);
  });

  test("close() while connecting gives the connection up: an error, then 1006", async () => {
    const answer = await page.run(async () => {
      const socket = new everwire.WebSocket("/ws/fault/stall?after=5000");
      const heard = [];
      for (const type of ["open", "error", "close"]) socket.addEventListener(type, (event) => heard.push(event.type));
      socket.close();
      heard.push(socket.readyState);
      const { code, wasClean } = await next(socket, "close");
      return [...heard, code, wasClean];
    });
    assert.deepEqual(answer, [2, "error", "close", 1006, false]);
  });

  test("a reason of 123 bytes in UTF-8 is sent whole", async () => {
    const reason = `${"é".repeat(61)}x`;
    assert.deepEqual((await closeWith(1000, reason)).seen, { code: 1000, reason, clean: true });
  });

  test("codes that a page may not send, and reasons over 123 bytes, are refused, and the socket stays open", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      const refused = [
        () => socket.close(999),
        () => socket.close(1001),
        () => socket.close(1005),
        () => socket.close(2999),
        () => socket.close(5000),
        () => socket.close(NaN),
        () => socket.close(1000, "x".repeat(124)),
        () => socket.close(1000, "é".repeat(62)), // 124 bytes in UTF-8
      ].map(thrownBy);
      const state = socket.readyState;
      socket.close();
      return { refused, state };
    });
    const [access, syntax] = ["DOMException InvalidAccessError", "DOMException SyntaxError"];
    assert.deepEqual(answer, {
      refused: [access, access, access, access, access, access, syntax, syntax],
      state: 1,
    });
  });

  test("send() after close() is silent, and bufferedAmount grows by what was given", async () => {
    const answer = await page.run(async () => {
      const socket = await openSocket("/ws/echo");
      socket.close();
      const amounts = [];
      const grow = () => {
        for (const data of ["é🎉", new Uint8Array(10), new ArrayBuffer(5), new Blob(["four"]), ""]) {
          const before = socket.bufferedAmount;
          socket.send(data);
          amounts.push(socket.bufferedAmount - before);
        }
      };
      grow(); // CLOSING
      await next(socket, "close");
      grow(); // CLOSED
      return { amounts, total: socket.bufferedAmount, state: socket.readyState };
    });
    // WebKit itself counts the 6 bytes of each frame's head, the standard does not
    const bytes = [6, 10, 5, 4, 0].map((size) => (page.name === "webkit" ? size + 6 : size));
    const amounts = [...bytes, ...bytes];
    assert.deepEqual(answer, { amounts, total: amounts.reduce((sum, size) => sum + size), state: 3 });
  });

  test("every registered code has its name", async () => {
    const names = await page.run(() => [1000, 1001, 1006, 1009, 1011, 3000, 4000, 999, 1000.5, NaN].map((code) => everwire.closeCodeName(code) ?? null));
    assert.deepEqual(names, [
      "Normal Closure",
      "Going Away",
      "Abnormal Closure",
      "Message Too Big",
      "Internal Error",
      "Unauthorized",
      null,
      null,
      null,
      null,
    ]);
  });
});
