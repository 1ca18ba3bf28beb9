// May anything be done anywhere: in listeners, in callbacks, after the end; and is everything told in order?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("listeners and readers", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("any method may be called in any listener, and is carried out before it returns", async () => {
    const answer = await page.run(async () => {
      const noted = [];
      const client = new everwire.Client("/ws/echo", { reconnect: quick });
      let opens = 0;
      client.addEventListener("open", () => {
        opens += 1;
        if (opens === 1) {
          client.send("in open");
          noted.push(["sent", client.stats().messagesSent, client.bufferedAmount > 0]);
        } else {
          client.close(4001, "in open");
          noted.push(["closing", client.state]);
        }
      });
      client.addEventListener("message", () => {
        client.reconnect();
        noted.push(["reconnecting", client.state]);
        client.flush();
        client.stats();
      });
      client.addEventListener("close", ({ code }) => {
        noted.push(["closed", code, client.state]);
        client.reconnect();
        client.close();
        client.send("too late");
        client.flush();
      });
      client.addEventListener("drop", ({ data, reason }) => noted.push(["drop", data, reason]));
      await client.closed;
      await Promise.resolve();
      return noted;
    });
    // WebKit counts nothing in bufferedAmount
    answer[0] = answer[0].slice(0, 2);
    assert.deepEqual(answer, [
      ["sent", 1],
      ["reconnecting", "connecting"],
      ["closing", "closing"],
      ["closed", 4001, "closed"],
      ["drop", "too late", "closed"],
    ]);
  });

  test("no listener is called inside a method or the constructor", async () => {
    const answer = await page.run(async () => {
      const client = new everwire.Client(() => { throw new Error("no address"); }, { reconnect: { ...quick, attempts: 1 } });
      let inside = true;
      const noted = [];
      for (const type of ["error", "state", "close", "drop"]) client.addEventListener(type, () => noted.push([type, inside]));
      client.send("x");
      client.close();
      inside = false;
      await client.closed;
      return noted;
    });
    assert.deepEqual(answer.map(([, inside]) => inside), answer.map(() => false));
    assert.deepEqual(answer.map(([type]) => type).sort(), ["close", "drop", "error", "error", "state"]);
  });

  test("a listener that throws is reported and stops nothing", async () => {
    const answer = await page.run(async () => {
      const reported = [];
      addEventListener("error", (event) => {
        reported.push(event.message.includes("from a listener"));
        event.preventDefault();
      });
      const client = new everwire.Client("/ws/echo", { reconnect: quick });
      for (const type of ["open", "message", "state", "close"]) client.addEventListener(type, throwing);
      const heard = [];
      client.addEventListener("message", ({ data }) => heard.push(data));
      await client.opened;
      client.send("one");
      client.send("two");
      while (heard.length < 2) await next(client, "message");
      await client.close();
      return { heard, reported };
    });
    assert.deepEqual(answer.heard, ["one", "two"]);
    assert.ok(answer.reported.length >= 5 && answer.reported.every(Boolean), JSON.stringify(answer.reported));
  });

  test("a callback may do what a listener may; the engine hears its answer first", async () => {
    const answer = await page.run(async () => {
      const order = [];
      const client = new everwire.Client("/ws/echo", {
        reconnect: quick,
        heartbeat: {
          interval: 20,
          ping() {
            if (!order.includes("ping")) client.send("from ping").then(() => order.push("sent"));
            order.push("ping");
            return "ping";
          },
          isPong(data) {
            if (data === "ping" && !order.includes("pong")) {
              order.push("pong");
              client.send("from isPong");
            }
            return data === "ping";
          },
        },
      });
      const heard = [];
      client.addEventListener("message", ({ data }) => heard.push(data));
      while (heard.length < 2) await next(client, "message");
      await client.close();
      return { heard, first: order[0] };
    });
    assert.deepEqual(answer, { heard: ["from ping", "from isPong"], first: "ping" });
  });

  test("readers get each message once, in order, from their call on, and end with the client", async () => {
    const answer = await page.run(async () => {
      const client = new everwire.Client("/ws/echo");
      await client.opened;
      const all = [];
      const whole = (async () => { for await (const data of client) all.push(data); })();
      const few = [];
      const part = (async () => { for await (const data of client.messages()) if (few.push(data) === 2) break; })();
      const narrow = client.messages({ maxMessages: 2 });
      for (const text of ["1", "2", "3"]) client.send(text);
      await part;
      while (all.length < 3) await next(client, "message");
      const end = [await narrow.next(), await narrow.next(), await narrow.next().catch(({ code }) => code), (await narrow.next()).done];
      await client.close();
      await whole;
      const late = await client.messages().next();
      let misuse;
      try { client.messages({ maxMessages: 0 }); } catch ({ code }) { misuse = code; }
      return { all, few, end: end.map((step) => step.value ?? step), late: late.done, misuse };
    });
    assert.deepEqual(answer, {
      all: ["1", "2", "3"], few: ["1", "2"], end: ["1", "2", "misuse/slow-reader", true], late: true, misuse: "misuse/option",
    });
  });

  test("`using` closes it, where the engine has it", async (context) => {
    const answer = await page.run(async () => {
      if (!Symbol.dispose || !Symbol.asyncDispose) return null;
      const client = new everwire.Client("/ws/echo");
      await client.opened;
      client[Symbol.dispose]();
      const state = client.state;
      await client[Symbol.asyncDispose]();
      return [state, client.state];
    });
    if (!answer) return context.skip("no Symbol.dispose here");
    assert.deepEqual(answer, ["closing", "closed"]);
  });

  test("the drop-in with layers: CONNECTING while it waits, send() queues, open and close once per socket", async () => {
    const answer = await page.run(async () => {
      const Resilient = everwire.WebSocket.with({ reconnect: quick });
      const socket = new Resilient("/ws/fault/reset?after=message", []);
      const noted = [];
      for (const type of ["open", "message", "error", "close"]) {
        socket[`on${type}`] = (event) => noted.push([type, socket.readyState, event.code ?? null]);
      }
      socket.send("queued"); // a bare one would throw
      const kind = [socket instanceof everwire.WebSocket, Resilient.OPEN, socket.CLOSING, Resilient.name, socket.binaryType];
      await next(socket, "close");
      const between = socket.readyState;
      await next(socket, "open");
      socket.close(4002, "done");
      await next(socket, "close");
      let wrong;
      try { new Resilient("/", ["a", "a"]); } catch (error) { wrong = `${error.constructor.name} ${error.name}`; }
      return { noted, kind, between, wrong, url: new URL(socket.url).pathname };
    });
    assert.deepEqual(answer, {
      noted: [["open", 1, null], ["close", 0, 1006], ["open", 1, null], ["close", 3, 4002]],
      kind: [true, 1, 2, "WebSocket", "blob"],
      between: 0,
      wrong: "DOMException SyntaxError",
      url: "/ws/fault/reset",
    });
  });

  test("it works in a worker", async () => {
    const answer = await page.run(async () => {
      const worker = new Worker("worker.js", { type: "module" });
      const { data } = await new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = (event) => reject(new Error(event.message));
      });
      worker.terminate();
      return data;
    });
    assert.deepEqual(answer, ["from a worker", "open", 1000]);
  });
});
