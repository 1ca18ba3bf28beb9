// Are limiter, reconnect and auth each usable alone, and does each combination keep what all of its layers promise?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingServer } from "./cutting-server.mjs";
import { signInPage } from "./sign-in-page.mjs";

describe("a connection that is cut in the middle", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  for (const limit of [false, true]) {
    for (const reconnect of [false, true]) {
      for (const auth of [false, true]) {
        const layers = Object.entries({ limit, reconnect, auth }).filter(([, isOn]) => isOn).map(([name]) => name);
        test(`${layers.join(" + ") || "no layer"}: what each of them promises holds`, async () => {
          const { sockets, ...told } = await cut({ limit, reconnect, auth });
          assertOrder(sockets);
          if (auth) assertSignedIn(sockets, told);
          if (reconnect) assertContinued(sockets, told);
          else assertEnded(sockets, told);
          if (limit) assertLimited(told);
          else if (page.name !== "webkit") assert.ok(told.mostBefore > HIGH_WATER, "all goes at once: the limit is worth trying");
        });
      }
    }
  }

  /** Offers some before the cut and some after it; what the server saw, and what the page was told. */
  async function cut({ limit, reconnect, auth }) {
    const server = await startCuttingServer({ cutAt: CUT_AT, signsIn: auth });
    const layers = { limit: limit && LIMIT, reconnect, auth };
    await page.run(offerAroundTheCut, server.url, layers, { before: BEFORE, after: AFTER, size: SIZE });
    const isDone = () => page.run(() => session.isDone());
    await until("each message is sent or dropped, and the last one has left", isDone, { limit: 40_000 });
    const told = await page.run(() => session.end());
    const sockets = server.sockets.map(({ messages, beforeReply }) => ({
      credentials: messages.flatMap((text, index) => (text.startsWith("{") ? [index] : [])),
      numbers: messages.filter((text) => !text.startsWith("{")).map((text) => parseInt(text)),
      beforeReply,
    }));
    return { ...told, sockets };
  }
});

function assertOrder(sockets) {
  for (const { numbers } of sockets) assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  const all = sockets.flatMap(({ numbers }) => numbers);
  assert.equal(new Set(all).size, all.length, "nothing comes twice");
  assert.equal(sockets[0].numbers.length, CUT_AT);
}

function assertSignedIn(sockets, { asked }) {
  for (const { credentials, beforeReply } of sockets) {
    assert.deepEqual(credentials, [0], "the credential is the first message, and once");
    assert.equal(beforeReply, 1, "nothing else came before the reply");
  }
  assert.deepEqual(asked, ["first"], "the token is good for the second socket, too");
}

function assertContinued(sockets, { outcomes, opens, downs, drops, end }) {
  assert.equal(sockets.length, 2);
  assert.deepEqual(opens, [false, true], "whether it is a reconnection");
  assert.deepEqual(outcomes, Array(BEFORE + AFTER).fill("sent"));
  assert.deepEqual(drops, []);
  assert.deepEqual(downs.map(({ code, willRetry }) => [code, willRetry]), [[1006, true]]);
  const { numbers } = sockets[1];
  // what had left is counted, what had not is sent again: together they are all
  assert.equal(downs[0].unconfirmed.messages + numbers.length, BEFORE + AFTER);
  assert.equal(numbers.at(-1), BEFORE + AFTER - 1);
  assert.deepEqual(numbers, numbers.map((_, index) => numbers[0] + index), "without a gap");
  assert.deepEqual(end, { code: 1000, wasClean: true });
}

function assertEnded(sockets, { outcomes, opens, downs, drops, end }) {
  assert.equal(sockets.length, 1);
  assert.deepEqual(opens, [false]);
  assert.deepEqual(downs.map(({ code, willRetry }) => [code, willRetry]), [[1006, false]]);
  assert.deepEqual(end, { code: 1006, wasClean: false }, "the first close is the last");
  const sent = outcomes.indexOf("dropped/closed");
  assert.ok(sent >= CUT_AT && sent <= BEFORE, `${sent} were handed over before the cut`);
  assert.deepEqual(outcomes, [...Array(sent).fill("sent"), ...Array(BEFORE + AFTER - sent).fill("dropped/closed")]);
  assert.deepEqual(drops, Array(BEFORE + AFTER - sent).fill("closed"), "each is told");
}

function assertLimited({ mostBefore, handed }) {
  assert.ok(mostBefore <= HIGH_WATER, `${mostBefore} bytes waited in the browser when more was handed over`);
  for (const [from, start] of handed.entries()) {
    for (const [to, end] of handed.entries()) {
      if (to <= from) continue;
      const most = LIMIT.burst + ((end - start + CLOCK_GRAIN) / 1_000) * LIMIT.messagesPerSecond;
      assert.ok(to - from + 1 <= most, `${to - from + 1} messages went within ${end - start} ms`);
    }
  }
}

/** Runs in the page. */
function offerAroundTheCut(url, { limit, reconnect, auth }, { before, after, size }) {
  const handed = [];
  let mostBefore = 0;
  class Recording extends WebSocket {
    send(data) {
      if (!data.startsWith("{")) {
        handed.push(performance.now());
        mostBefore = Math.max(mostBefore, this.bufferedAmount);
      }
      super.send(data);
    }
  }
  const { token, asked } = provider(() => "t");
  const client = new everwire.Client(url, {
    WebSocket: Recording,
    limit,
    reconnect: reconnect && quick,
    auth: auth ? { via: "message", token } : undefined,
  });
  const entries = diary(client);
  const outcomes = [];
  const offer = (number) => {
    const index = outcomes.push(null) - 1;
    const settle = (outcome) => (outcomes[index] = outcome);
    client.send(`${number}`.padEnd(size)).then(() => settle("sent"), (error) => settle(error.code));
  };
  for (let number = 0; number < before; number++) offer(number);
  let flushed = false;
  client.addEventListener("down", () => {
    for (let number = before; number < before + after; number++) offer(number);
    client.flush().then(() => (flushed = true), () => (flushed = true));
  });
  const told = (type) => entries.filter(([found]) => found === type).map(([, what]) => what);
  globalThis.session = {
    isDone: () => flushed && !outcomes.includes(null) && (reconnect || client.state === "closed"),
    async end() {
      const { code, wasClean } = await client.close();
      return {
        handed, mostBefore, outcomes,
        asked: asked.map(({ reason }) => reason),
        opens: told("open").map(({ reconnected }) => reconnected),
        downs: told("down"),
        drops: told("drop").map(({ reason }) => reason),
        end: { code, wasClean },
      };
    },
  };
  return null;
}

/** Messages offered before the cut and after it. */
const [BEFORE, AFTER] = [40, 10];
/** Data messages that the server takes before it cuts. */
const CUT_AT = 15;
const SIZE = 16 * 1024;
const HIGH_WATER = 64 * 1024;
const LIMIT = { highWater: HIGH_WATER, messagesPerSecond: 300, burst: 4 };
/** In milliseconds: between the engine's look at the clock and the hand-over a busy machine may stop the page, and Firefox
 *  and WebKit round what it sees of the clock to 1 ms. As in rates.test.mjs, where the rates themselves are tried. */
const CLOCK_GRAIN = 10;
