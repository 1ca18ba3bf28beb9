// What gives way when a lost socket's unsent messages come back to a full queue?

import assert from "node:assert/strict";
import { before, beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { KIB, MIB, trafficPage } from "./traffic-page.mjs";

const MESSAGE = 64 * KIB;
/** So many go to the browser at once, and, since lowWater is 0, no more before a reader that reads nothing. */
const HANDED = 17;
/** So many wait, and there is room for no more. */
const QUEUED = 20;

// in WebKitGTK all is in its network process, and nothing is known to have stayed
describe("what comes back to a full queue", { skip: browser === "webkit" }, () => {
  const page = trafficPage();
  let server;
  before(async () => {
    server = await startServer({ options: ["--small-buffers", "--origin", new URL(page.server.url).origin] });
  });
  beforeEach(() => page.open());

  /** Sends to a socket that is reset with its buffer full; `back` of its messages come back, from number `left` on. */
  async function lose(overflow) {
    const answer = await page.run(
      async (stuck, reader, options, messages, bytes) => {
        const urls = [stuck, reader];
        const { WebSocket, sockets, handed } = recording();
        const client = new everwire.Client(() => urls.shift(), { ...options, WebSocket });
        await client.opened;
        // the last to leave did so in part, perhaps: it is not sent again
        const left = listed(client, "down", () => Math.ceil(handed.length - sockets[0].bufferedAmount / bytes));
        const number = (data) => new DataView(data.buffer ?? data).getUint32(0, true);
        const drops = listed(client, "drop", ({ data, reason }) => [number(data), reason]);
        const sent = Array.from({ length: messages }, (_, at) => outcomeOf(client.send(numbered(at, bytes))));
        const before = [handed.length, client.stats().queuedMessages];
        await next(client, "open");
        await client.flush().catch(({ code }) => code); // the first one tells that what left in part is in doubt
        await client.flush();
        const count = await countOf(client);
        return { before, left: left[0], outcomes: await Promise.all(sent), drops, count };
      },
      server.ws("/ws/fault/silent?read=off&deflate=off&after=300"), // ms, long after the kernels are full
      server.ws("/ws/fault/slow"),
      {
        limit: { highWater: MIB, lowWater: 0 },
        queue: { maxMessages: QUEUED, overflow },
        reconnect: { minDelay: 1, maxDelay: 10 },
      },
      HANDED + QUEUED,
      MESSAGE,
    );
    assert.deepEqual(answer.before, [HANDED, QUEUED]);
    const back = HANDED - answer.left;
    assert.ok(back > 0, "nothing came back");
    return { ...answer, back };
  }

  const arrive = (messages) => ({ messages, bytes: messages * MESSAGE, inOrder: true });
  const numbers = (from, to) => Array.from({ length: to - from }, (_, at) => from + at);
  const ALL = HANDED + QUEUED;

  test("reject: nothing, what was accepted stays", async () => {
    const { outcomes, drops, count, back } = await lose("reject");
    assert.deepEqual(count, arrive(back + QUEUED));
    assert.deepEqual(drops, []);
    assert.deepEqual(outcomes, Array(ALL).fill("sent"));
  });

  test("drop-newest: the end of the queue", async () => {
    const { outcomes, drops, count, back } = await lose("drop-newest");
    assert.deepEqual(count, arrive(QUEUED));
    assert.deepEqual(drops.map(([number]) => number).sort((one, other) => one - other), numbers(ALL - back, ALL));
    assert.ok(drops.every(([, reason]) => reason === "overflow"));
    assert.deepEqual(outcomes, [...Array(ALL - back).fill("sent"), ...Array(back).fill("dropped/overflow")]);
  });

  test("drop-oldest: what came back, of which send() had said that it was handed over", async () => {
    const { outcomes, drops, count, left } = await lose("drop-oldest");
    assert.deepEqual(count, arrive(QUEUED));
    assert.deepEqual(drops, numbers(left, HANDED).map((number) => [number, "overflow"]));
    assert.deepEqual(outcomes, Array(ALL).fill("sent"));
  });
});
