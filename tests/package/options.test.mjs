// Is every option that cannot be refused by its name, before anything is begun, and is `undefined` the default of each?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("an option", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  /** Makes a client (or a layered drop-in) with each of these options; what was thrown, and how many sockets were made. */
  const thrownBy = (cases, isDropIn = false) =>
    page.run(
      (cases, isDropIn) => {
        let made = 0;
        class Counted {
          constructor() {
            made += 1;
          }
          close() {}
        }
        // what JSON cannot carry is written as { is: "…" }
        const values = {
          NaN, Infinity, undefined,
          "-Infinity": -Infinity,
          function: () => "t",
          symbol: Symbol("s"),
          bigint: 5n,
          date: new Date(),
          bytes: new Uint8Array(1),
        };
        const revive = (value) =>
          typeof value !== "object" || value === null || Array.isArray(value)
            ? value
            : "is" in value
              ? values[value.is]
              : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revive(member)]));
        return cases.map((given) => {
          const before = made;
          const options = revive(given);
          try {
            const all = typeof options === "object" && options ? { WebSocket: Counted, ...options } : options;
            const client = isDropIn
              ? new (everwire.WebSocket.with(all))("wss://example.invalid/")
              : new everwire.Client("wss://example.invalid/", all);
            client.close();
          } catch (error) {
            if (!(error instanceof everwire.EverwireError)) return `not ours: ${error}`;
            if (made > before) return `too late: ${error.message}`;
            return `${error.code}: ${error.message}`;
          }
          return "taken";
        });
      },
      cases,
      isDropIn,
    );

  test("that cannot be is refused by its path, and no socket is made", async () => {
    const cases = Object.entries(WRONG).flatMap(([path, values]) => values.map((value) => [path, value]));
    const thrown = await thrownBy(cases.map(([path, value]) => at(path, value)));
    for (const [index, [path, value]] of cases.entries()) {
      const start = `misuse/option: ${path} must `;
      assert.equal(thrown[index].slice(0, start.length), start, `${path}: ${JSON.stringify(value)} → ${thrown[index]}`);
    }
  });

  test("that cannot be is refused by the drop-in with layers, too", async () => {
    const cases = Object.entries(WRONG).filter(([path]) => path !== "protocols").map(([path, [value]]) => [path, value]);
    const thrown = await thrownBy(cases.map(([path, value]) => at(path, value)), true);
    for (const [index, [path]] of cases.entries()) assert.match(thrown[index], new RegExp(`^misuse/option: ${path} must `));
  });

  test("says what it must be", async () => {
    const thrown = await thrownBy([
      { limit: { burst: 0 } },
      { reconnect: { minDelay: 2_000, maxDelay: 1_000 } },
      { limit: { highWater: 10, lowWater: 11 } },
      { auth: { token: { is: "function" } } },
      { queue: { overflow: "drop" } },
      { connectTimeout: -1 },
      { binaryType: "nodebuffer" },
    ]);
    assert.deepEqual(thrown, [
      "misuse/option: limit.burst must be at least 1",
      "misuse/option: reconnect.maxDelay must be at least reconnect.minDelay",
      "misuse/option: limit.lowWater must be at most limit.highWater",
      'misuse/option: auth.via must be "protocol", "query" or "message"',
      'misuse/option: queue.overflow must be "reject", "drop-oldest" or "drop-newest"',
      "misuse/option: connectTimeout must be at least 0 (milliseconds)",
      'misuse/option: binaryType must be "blob" or "arraybuffer"',
    ]);
  });

  test("at its bounds is taken", async () => {
    const cases = Object.entries(RIGHT).flatMap(([path, values]) => values.map((value) => [path, value]));
    const thrown = await thrownBy(cases.map(([path, value]) => at(path, value)));
    for (const [index, [path, value]] of cases.entries()) assert.equal(thrown[index], "taken", `${path}: ${JSON.stringify(value)}`);
  });

  test("that is undefined is its default, and one that nobody knows is ignored", async () => {
    const { bare, undefineds, unknown } = await page.run(async (paths) => {
      /** What the trace begins with: every option as the engine has it. */
      const effective = async (options) => {
        let first;
        const client = new everwire.Client("/ws/echo", { ...options, trace: (entry) => (first ??= entry) });
        await client.opened;
        const { binaryType, protocol } = client;
        await client.close();
        return { ...first.options, binaryType, protocol };
      };
      const base = () => ({ auth: { via: "message", token: () => "t", reply: () => "accepted" }, heartbeat: {}, limit: {}, queue: {}, reconnect: {} });
      const undefineds = base();
      for (const path of paths) {
        const [layer, name] = path.split(".");
        if (["auth.via", "auth.token", "auth.reply", "trace"].includes(path)) continue;
        if (name) undefineds[layer][name] = undefined;
        else undefineds[layer] ??= undefined;
      }
      return {
        bare: await effective(base()),
        undefineds: await effective(undefineds),
        unknown: await effective({ ...base(), reconnct: 5, limit: { highwater: -1 } }),
      };
    }, Object.keys(WRONG));
    assert.deepEqual(undefineds, bare);
    assert.deepEqual(unknown, bare);
    assert.equal(bare.limit.highWater, 4 * 1024 * 1024, "these are options");
  });

  test("of a layer may be true or false for the layer itself", async () => {
    const thrown = await thrownBy([
      { reconnect: true, heartbeat: true, limit: true },
      { reconnect: false, heartbeat: false, limit: false, auth: false },
      { auth: true },
      { queue: false },
    ]);
    assert.deepEqual(thrown.slice(0, 2), ["taken", "taken"]);
    assert.match(thrown[2], /^misuse\/option: auth must be an object/);
    assert.match(thrown[3], /^misuse\/option: queue must be an object/);
  });

  test("as a whole is an object, if it is there", async () => {
    const thrown = await thrownBy([5, "reconnect", true, null, { is: "function" }]);
    for (const error of thrown) assert.equal(error, "misuse/option: options must be an object");
  });

  test("of send() and messages() is refused before anything is sent or read", async () => {
    const { sends, reads, sent } = await page.run(async () => {
      const client = new everwire.Client("/ws/echo");
      await client.opened;
      const thrown = (attempt) => {
        try {
          attempt();
        } catch (error) {
          return error instanceof everwire.EverwireError ? `${error.code}: ${error.message}` : `not ours: ${error}`;
        }
        return "taken";
      };
      const sends = [{ ttl: -1 }, { ttl: NaN }, { ttl: "1" }, { ttl: null }, { signal: {} }, { signal: 5 }].map((options) =>
        thrown(() => client.send("x", options)),
      );
      const reads = [0, -1, NaN, "5", null].map((maxMessages) => thrown(() => client.messages({ maxMessages })));
      const sent = client.stats().messagesSent;
      await client.close();
      return { sends, reads, sent };
    });
    for (const error of sends.slice(0, 4)) assert.match(error, /^misuse\/option: ttl must be /);
    for (const error of sends.slice(4)) assert.match(error, /^misuse\/option: signal must be /);
    for (const error of reads) assert.match(error, /^misuse\/option: maxMessages must be /);
    assert.equal(sent, 0);
  });

  test("signal: aborting it closes a client, and a drop-in with layers, also before the first socket", async () => {
    const ends = await page.run(async () => {
      const ends = [];
      const Signalled = (signal) => everwire.WebSocket.with({ signal, reconnect: true });
      for (const make of [
        (signal) => new everwire.Client("/ws/echo", { signal }),
        (signal) => new (Signalled(signal))("/ws/echo"),
      ]) {
        const controller = new AbortController();
        const client = make(controller.signal);
        await next(client, "open");
        controller.abort();
        const { code, wasClean } = await next(client, "close");
        const late = make(controller.signal);
        const closed = await next(late, "close");
        ends.push([code, wasClean, closed.wasClean]);
      }
      return ends;
    });
    assert.deepEqual(ends, [[1000, true, false], [1000, true, false]]);
  });
});

/** Options with this one set; an auth layer has what it must have. */
function at(path, value) {
  const [layer, name] = path.split(".");
  if (!name) return { [layer]: value };
  const needed = layer === "auth" ? { protocols: "soap", auth: { token: { is: "function" }, via: "protocol" } } : {};
  return { ...needed, [layer]: { ...needed[layer], [name]: value } };
}

const NO = { is: "NaN" };
const [INFINITE, FUNCTION, SYMBOL, BIGINT, DATE, BYTES] = ["Infinity", "function", "symbol", "bigint", "date", "bytes"].map((is) => ({ is }));
const NO_NUMBER = ["5", true, null, {}, NO, SYMBOL, BIGINT, DATE];
/** A span that may be 0, and one that may not. */
const NO_SPAN = [-1, -0.001, { is: "-Infinity" }, ...NO_NUMBER];
const NO_WAIT = [0, ...NO_SPAN];
const NO_COUNT = [-1, 1.5, { is: "-Infinity" }, ...NO_NUMBER];
const NO_FUNCTION = [5, "f", true, null, {}];
const NO_STRING = [5, true, null, {}, [], FUNCTION];
const NO_LAYER = [5, "on", null, FUNCTION, SYMBOL];

const WRONG = {
  protocols: [5, true, null, {}],
  binaryType: ["", "Blob", ...NO_STRING],
  reconnect: NO_LAYER,
  auth: [true, ...NO_LAYER],
  heartbeat: NO_LAYER,
  limit: NO_LAYER,
  queue: [true, false, ...NO_LAYER],
  connectTimeout: NO_WAIT,
  closeTimeout: NO_SPAN,
  signal: [5, true, "abort", {}],
  trace: NO_FUNCTION,
  WebSocket: NO_FUNCTION,
  "reconnect.minDelay": NO_SPAN,
  "reconnect.maxDelay": [499, ...NO_SPAN],
  "reconnect.factor": [0.99, 0, -2, INFINITE, ...NO_NUMBER],
  "reconnect.attempts": [0, -1, 1.5, ...NO_NUMBER],
  "reconnect.stableAfter": NO_SPAN,
  "reconnect.shouldRetry": NO_FUNCTION,
  "auth.token": [{ is: "undefined" }, ...NO_FUNCTION],
  "auth.via": [{ is: "undefined" }, "", "Query", "header", ...NO_STRING],
  "auth.name": ["a b", "a:", "a,", "ä", ...NO_STRING],
  "auth.message": NO_FUNCTION,
  "auth.reply": NO_FUNCTION,
  "auth.timeout": NO_WAIT,
  "auth.refreshBefore": NO_SPAN,
  "auth.insecure": [0, 1, "true", null, {}],
  "heartbeat.interval": NO_WAIT,
  "heartbeat.timeout": NO_WAIT,
  "heartbeat.ping": [5, true, null, {}, [], SYMBOL, DATE],
  "heartbeat.isPong": NO_FUNCTION,
  "limit.highWater": NO_COUNT,
  "limit.lowWater": [4 * 1024 * 1024 + 1, INFINITE, ...NO_COUNT],
  "limit.pollInterval": NO_WAIT,
  "limit.messagesPerSecond": [0, -1, ...NO_NUMBER],
  "limit.bytesPerSecond": [0, -1, ...NO_NUMBER],
  "limit.burst": [0, ...NO_COUNT],
  "limit.burstBytes": [0, ...NO_COUNT],
  "queue.maxMessages": NO_COUNT,
  "queue.maxBytes": NO_COUNT,
  "queue.overflow": ["", "Reject", ...NO_STRING],
};

const RIGHT = {
  protocols: ["soap", ["soap", "wamp"], [], FUNCTION],
  binaryType: ["blob", "arraybuffer"],
  connectTimeout: [0.5, INFINITE],
  closeTimeout: [0, INFINITE],
  signal: [null],
  "reconnect.minDelay": [0, 60_000],
  "reconnect.maxDelay": [500, INFINITE],
  "reconnect.factor": [1, 1.5],
  "reconnect.attempts": [1, 1e12, INFINITE],
  "reconnect.stableAfter": [0, INFINITE],
  "auth.name": ["", "bearer.", "!#$%&'*+-.^_`|~"],
  "auth.timeout": [0.5, INFINITE],
  "auth.refreshBefore": [0, INFINITE],
  "auth.insecure": [true, false],
  "heartbeat.ping": ["", FUNCTION, BYTES],
  "limit.highWater": [0, INFINITE],
  "limit.lowWater": [0, 4 * 1024 * 1024],
  "limit.messagesPerSecond": [0.001, INFINITE],
  "limit.bytesPerSecond": [0.001, INFINITE],
  "limit.burst": [1, INFINITE],
  "limit.burstBytes": [1, INFINITE],
  "queue.maxMessages": [0, INFINITE],
  "queue.maxBytes": [0, INFINITE],
};
