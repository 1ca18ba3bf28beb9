// What does a client do with a server that breaks everwire.1?
//
// The server here is made of `ws`, and says what no companion would. What a frame may be, tests/fuzz and control-frames ask; that
// a client keeps its head whatever comes, tests/session.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, beforeEach, describe, test } from "node:test";
import { WebSocketServer } from "ws";
import { until } from "../webdriver/until.mjs";
import { consumerPage } from "./consumer-page.mjs";

const ID = "q83vEjRWeJCrze8SNFZ4kA";
const OTHER = "Ej9K2qbT0Zl7xwRtYhNvVg";
const welcome = (more = {}) => ({
  type: "welcome", session: ID, resumed: false, received: 0, window: 60, mostMessages: 1_024, mostBytes: 4_194_304,
  ackMessages: 64, ackBytes: 262_144, ackAfter: 500, ...more,
});

describe("a server that breaks the protocol", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  /** On its first connection it says this after the hello; on the next ones it keeps to the protocol. */
  const against = async (said) => {
    const server = await startServer(said);
    const seen = await page.run(
      async (url) => {
        const client = new everwire.Client(url, { session: true, reconnect: quick });
        const entries = diary(client);
        const gaps = [];
        client.addEventListener("gap", ({ received, missed }) => gaps.push({ received, missed }));
        client.send("one");
        let opens = 0;
        client.addEventListener("open", () => (opens += 1));
        const settles = new Promise((resolve) => {
          const look = () => {
            const errors = entries.filter(([type]) => type === "error").map(([, code]) => code);
            if (client.state === "closed" || (errors.length > 0 && client.state === "open")) resolve(errors);
          };
          for (const type of ["state", "open", "close", "error"]) client.addEventListener(type, () => queueMicrotask(look));
        });
        const errors = await settles;
        const { state } = client;
        await client.close();
        return { errors, state, gaps, drops: entries.filter(([type]) => type === "drop").map(([, { reason }]) => reason) };
      },
      server.url,
    );
    await until("the server has seen the close", async () => server.codes.length > 0);
    return { ...seen, code: server.codes[0] };
  };

  for (const [name, ...said] of [
    ["by what is no JSON", "\0hello"],
    ["by a frame of nobody", { type: "nonsense" }],
    ["by a client's frame", { type: "hello" }],
    ["by a frame that is too long", { type: "ping", more: "x".repeat(4_096) }],
    ["by a message before the welcome", "early"],
    ["by a welcome to a session that nobody asked for", welcome({ resumed: true })],
    ["by a subprotocol that was not offered", welcome({ protocol: "chat" })],
    ["by a second welcome", welcome(), welcome({ session: OTHER })],
    ["by a count before there was anything", welcome({ received: 1 })],
  ]) {
    test(`${name} is left for good, with 4500`, async () => {
      const { errors, state, code } = await against(said);
      assert.deepEqual({ errors, state, code }, { errors: ["refused/protocol"], state: "closed", code: 4500 });
    });
  }

  for (const [name, ...said] of [
    ["that acknowledges what was never sent", welcome(), { type: "ack", received: 99 }],
    ["that tells of a gap elsewhere", welcome(), { type: "gap", from: 5, to: 6 }],
  ]) {
    test(`${name} ends the session, with 4409, and what is not known is told`, async () => {
      const { errors, state, code, gaps, drops } = await against(said);
      assert.deepEqual({ errors, state, code }, { errors: ["unavailable/session"], state: "open", code: 4409 });
      assert.deepEqual([gaps, drops], [[{ received: 0, missed: null }], ["unconfirmed"]]);
    });
  }
});

async function startServer(first) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "everwire.1" });
  running.add(server);
  await once(server, "listening");
  const codes = [];
  let connections = 0;
  server.on("connection", (socket) => {
    const isFirst = ++connections === 1;
    let count = 0;
    let hasWelcomed = false;
    socket.on("error", () => {});
    socket.on("close", (code) => isFirst && codes.push(code));
    socket.on("message", (data) => {
      const text = data.toString();
      const tell = (frame) => socket.send(typeof frame === "string" ? frame : `\0${JSON.stringify(frame)}`);
      if (!text.startsWith("\0")) {
        count += 1;
        if (isFirst && count === 1) first.slice(1).forEach(tell); // what is wrong comes when something has been sent
        return;
      }
      const { type } = JSON.parse(text.slice(1));
      if (type === "hello" && !hasWelcomed) {
        hasWelcomed = true;
        tell(isFirst ? first[0] : welcome({ session: OTHER }));
      }
      if (type === "bye") {
        tell({ type: "ack", received: count });
        socket.close(1000);
      }
    });
  });
  return { url: `ws://127.0.0.1:${server.address().port}/`, codes };
}

const running = new Set();
after(() => {
  for (const server of running) {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});
