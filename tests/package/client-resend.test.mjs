// What becomes of messages that a lost socket held: is none lost, none doubled, and is what nobody knows counted?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

/** Of some 64 KiB that no compression makes smaller, each a byte longer than the one before: the server's watch tells them apart. */
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
        client.addEventListener("message", ({ data }) => arrived.push(data.byteLength - bytes));
        await client.opened;
        globalThis.sends = Array.from({ length: messages }, (_, number) => {
          const body = new Uint8Array(bytes + number);
          crypto.getRandomValues(body.subarray(0, 65_536)); // no more at once
          return client.send(body);
        });
        return null;
      },
      first,
      later,
      options,
      MESSAGES,
      BYTES,
    );

  const numbers = Array.from({ length: MESSAGES }, (_, number) => number);

  /** How many messages had left when the socket was lost. */
  async function left() {
    const find = () => page.run(() => entries.find(([type]) => type === "down")?.[1].unconfirmed);
    const { messages } = await until("it is known to be lost", find);
    return messages;
  }

  /** What came back over the second socket, once it is all that had not left. */
  async function rest(left) {
    const isThere = () => page.run((missing) => client.state === "open" && arrived.length >= missing, MESSAGES - left);
    await until("the rest has come back", isThere, {
      limit: 60_000,
      describe: async () => `${await page.run(() => arrived.length)} of ${MESSAGES - left} came`,
    });
    return page.run(() => arrived);
  }

  test("what never left the browser goes first and in order over the next socket, the rest is counted", async () => {
    const server = await smallServer();
    await offer(server.ws("/ws/fault/silent?read=off"), server.ws("/ws/echo"));
    await server.kill(); // the kernel resets it: the socket's own close event tells what it still held
    const gone = await left();
    const again = await smallServer({ addr: server.host });
    assert.deepEqual(await rest(gone), numbers.slice(gone), "everything else, once, in order");
    assert.ok(gone > 0, "some had left");
    // WebKitGTK has taken everything at once, and knows nothing of what its network process holds
    if (browser !== "webkit") assert.ok(gone < MESSAGES, "some had not");
    assert.equal(await page.run(() => Promise.all(sends).then(({ length }) => length)), MESSAGES, "each send is settled");
    await again.stop();
  });

  for (const [name, rate, options, giveUp] of [
    ["reconnect()", 2_000_000, {}, () => page.run(() => client.reconnect())],
    // five seconds for what stands before the ping: longer than it is patient, which a busy machine's echo is not
    ["a heartbeat without an answer", 200_000, { heartbeat: { interval: 100, timeout: 3_000, ping: "pong" }, limit: { highWater: 1 << 20 } }, () => {}],
  ]) {
    test(`a socket that was given up by ${name} is never resent from: its peer reads on, and nothing is doubled`, async () => {
      const server = await smallServer();
      const id = freshId();
      const watched = await watch(server, id);
      await offer(server.ws(`/ws/fault/slow?rate=${rate}&watch=${id}`), server.ws("/ws/echo"), options);
      await giveUp();
      const gone = await left();
      const second = await rest(gone);
      await watched.close();
      const first = watched.seen.filter(({ kind }) => kind === "binary").map(({ bytes }) => bytes - BYTES);
      assert.deepEqual(second, numbers.slice(gone), "what had not been handed over, once, in order");
      assert.deepEqual(first, numbers.slice(0, first.length), "what had, in order; all of it or the beginning");
      assert.ok(first.length <= gone, `${first.length} arrived of ${gone} that were given up`);
      await server.stop();
    });
  }

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
