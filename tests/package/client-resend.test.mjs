// What becomes of messages that a lost socket held: is none lost, none doubled, and is what nobody knows counted?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

/** Numbered, of 64 KiB that no compression makes smaller. */
const MESSAGES = 160;
const BYTES = 65_536;

describe("what a lost socket held", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  /** A server whose kernel takes little, so that most of it stays in the browser. */
  const smallServer = (options = {}) => startServer({ ...options, options: ["--origin", "*", "--small-buffers"] });

  /** A client that offers 10 MiB to a peer that does not read. */
  const offer = (first, later, options = {}) =>
    page.run(
      async (first, later, options, messages, bytes) => {
        let sockets = 0;
        globalThis.client = new everwire.Client(() => (sockets++ === 0 ? first : later), {
          reconnect: quick,
          limit: { highWater: 4 << 20 },
          ...options,
        });
        globalThis.entries = diary(client);
        globalThis.arrived = [];
        client.addEventListener("message", ({ data }) => arrived.push(new DataView(data).getUint32(0, true)));
        await client.opened;
        globalThis.sends = Array.from({ length: messages }, (_, number) => {
          const body = crypto.getRandomValues(new Uint8Array(bytes));
          new DataView(body.buffer).setUint32(0, number, true);
          return client.send(body);
        });
        return client.stats().messagesSent;
      },
      first,
      later,
      options,
      MESSAGES,
      BYTES,
    );

  const numbers = Array.from({ length: MESSAGES }, (_, number) => number);
  const unconfirmed = () => page.run(() => entries.find(([type]) => type === "down")[1].unconfirmed.messages);

  test("what never left the browser goes first and in order over the next socket, the rest is counted", async () => {
    const server = await smallServer();
    await offer(server.ws("/ws/fault/silent?read=off"), server.ws("/ws/echo"));
    await server.kill(); // the kernel resets it: the socket's own close event tells what it still held
    await until("it is known to be lost", () => page.run(() => entries.some(([type]) => type === "down")));
    const left = await unconfirmed();
    const again = await smallServer({ addr: server.host });
    await until("the rest has come back", () => page.run((last) => arrived.at(-1) === last, MESSAGES - 1), { limit: 60_000 });
    const arrived = await page.run(() => arrived);
    assert.ok(left > 0, "what had left");
    assert.deepEqual(arrived, numbers.slice(left), "everything else, once, in order");
    assert.deepEqual(await page.run(() => Promise.all(sends).then((all) => all.length)), MESSAGES, "each send is settled");
    await again.stop();
  });

  test("a socket that was given up is never resent from: the peer that goes on reading finds nothing twice", async () => {
    const server = await smallServer();
    const id = freshId();
    const watched = await watch(server, id);
    // 2 MB a second: it reads on while the client has long given it up
    await offer(server.ws(`/ws/fault/slow?rate=2000000&watch=${id}`), server.ws("/ws/echo"));
    const handed = await page.run(() => {
      const { messagesSent } = client.stats();
      client.reconnect();
      return messagesSent;
    });
    const left = await unconfirmed();
    assert.ok(handed > 0 && left <= handed, `${left} of ${handed}`);
    await until("the rest has come back", () => page.run((last) => arrived.at(-1) === last, MESSAGES - 1), { limit: 60_000 });
    await until("the first socket has ended", () => watched.seen.some(({ event }) => event === "close"), { limit: 60_000 });
    const first = watched.seen.filter(({ event, bytes }) => event === "message" && bytes === BYTES).length;
    const arrived = await page.run(() => arrived);
    assert.deepEqual(arrived, [...new Set(arrived)].sort((a, b) => a - b), "in order, none twice");
    assert.ok(first + arrived.length <= MESSAGES, `${first} over the first socket and ${arrived.length} over the second`);
    await server.stop();
  });

  test("binary is what it was when send() was called, also when it waits or is sent again", async () => {
    const answer = await page.run(async () => {
      const client = new everwire.Client("/ws/echo", { reconnect: quick });
      const body = new Uint8Array([1, 2, 3, 4]);
      client.send(body.subarray(1, 3)); // it waits for the connection
      body.fill(9);
      const back = next(client, "message");
      const { data } = await back;
      await client.close();
      return [...new Uint8Array(data)];
    });
    assert.deepEqual(answer, [2, 3]);
  });
});
