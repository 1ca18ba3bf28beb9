// Is a trace all that a session was, and nothing that is secret?
//
// With EVERWIRE_RECORD=FOLDER each session is written there and replayed by the host's engine; `tests/replay/recorded/`
// keeps those of two browsers.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { before, describe, test } from "node:test";
import { isDeepStrictEqual, promisify } from "node:util";
import { root } from "../webdriver/environment.mjs";
import { consumerPage } from "./consumer-page.mjs";
import { SESSIONS, installRecorder } from "./traced-sessions.mjs";

const SECRET = "what nobody else may read";

describe("a trace", () => {
  const page = consumerPage();
  /** Each session by its name: its lines as JSON, what they say, and what they must not say. */
  const sessions = {};

  before(async () => {
    for (const [name, session] of Object.entries(SESSIONS)) {
      await page.open();
      await page.run(installRecorder);
      const { lines, ...rest } = await page.run(session, SECRET);
      sessions[name] = { lines, entries: lines.map((line) => JSON.parse(line)), ...rest };
    }
  });

  test("begins with the seed and every option, in the contract's names", () => {
    const [{ began, seed, ...rest }] = sessions.life.entries;
    assert.match(began, /^\d+\.\d+\.\d+$/);
    assert.match(seed, /^\d+$/);
    assert.deepEqual(rest, {
      at: 0,
      options: {
        reconnect: { minDelay: 10, maxDelay: 50, factor: 1.1, stableAfter: 5_000, shouldRetry: true },
        auth: { via: "message", timeout: 10_000, refreshBefore: 59_000 },
        heartbeat: { interval: 300, timeout: 20_000 },
        limit: {
          highWater: 1_000, lowWater: 10, messagesPerSecond: 40, bytesPerSecond: null, burst: 2, burstBytes: 65_536,
        },
        queue: { maxMessages: 4, maxBytes: null, overflow: "drop-oldest" },
        places: 1,
        connectTimeout: 10_000,
        connectTimeoutAfterFailure: page.name === "firefox" ? 20_000 : 0,
        closeTimeout: null,
      },
    });
    const { options } = sessions.refusal.entries[0];
    const layers = ["auth", "heartbeat", "limit", "queue", "reconnect"].filter((layer) => layer in options);
    assert.deepEqual(layers, ["queue", "reconnect"], "what is off is absent");
    assert.equal(options.reconnect.attempts, 9);
    assert.deepEqual(sessions.bare.entries[0].options, {
      queue: { maxMessages: null, maxBytes: null, overflow: "reject" },
      places: 1,
      connectTimeout: null,
      connectTimeoutAfterFailure: page.name === "firefox" ? 20_000 : 0,
      closeTimeout: null,
    });
  });

  test("goes on with what was said to the engine and by it, as time goes", () => {
    for (const { entries } of Object.values(sessions)) {
      assert.ok(entries.slice(1).every((entry) => "in" in entry !== "out" in entry));
      assert.ok(entries.findIndex((entry) => entry.in === "Connect") <= 2, "after what the page is at the beginning");
      assert.equal(entries.at(-1).event, "Closed");
      for (const [index, { at, out }] of entries.entries()) {
        const before = entries[Math.max(index - 1, 0)].at;
        assert.ok(out ? at === before : at >= before, `entry ${index} is at ${at}, after ${before}`);
      }
    }
  });

  test("knows every kind of input and output", () => {
    const entries = Object.values(sessions).flatMap((session) => session.entries);
    const names = (key) => [...new Set(entries.map((entry) => entry[key]).filter(Boolean))].sort();
    assert.deepEqual(names("in"), INPUTS);
    assert.deepEqual(names("out"), OUTPUTS);
    assert.deepEqual(names("event"), EVENTS);
    assert.deepEqual(names("verdict"), ["accepted", "message", "pong", "refused"]);
    assert.deepEqual(names("advice"), ["retry", "retry-after", "stop"]);
    assert.deepEqual(ERRORS.filter((code) => !names("error").includes(code)), []);
    assert.deepEqual(names("frame"), ["Auth", "Message", "Ping"]);
    assert.deepEqual(
      names("reason").filter((reason) => ["expiring", "first", "refused"].includes(reason)),
      ["expiring", "first", "refused"],
    );
  });

  test("is plain: JSON gives back what it was", () => {
    for (const [name, { impure }] of Object.entries(sessions)) assert.deepEqual(impure, [], name);
  });

  test("holds no payload and no token", () => {
    for (const { lines, secrets } of Object.values(sessions)) {
      const text = lines.join();
      const hidden = [SECRET, ...secrets].flatMap((secret) => [secret, Buffer.from(secret).toString("base64url")]);
      for (const secret of hidden) assert.ok(!text.includes(secret), `"${secret}" is in the trace`);
    }
    assert.ok(sessions.life.secrets.length >= 2 && sessions.trouble.secrets.length >= 2, "there were tokens to hide");
  });

  test("tells what the user was told", () => {
    for (const { entries, told } of Object.values(sessions)) {
      const wasHeard = ({ event }) => told.some(({ type }) => type === TYPES.get(event));
      const news = entries.filter(wasHeard).map((entry, index) => {
        const names = Object.keys(told[index] ?? {}).filter((name) => name !== "type");
        return { type: TYPES.get(entry.event), ...Object.fromEntries(names.map((name) => [name, entry[name]])) };
      });
      assert.deepEqual(news, told);
    }
  });

  test("tells what the browser said of a socket", () => {
    const lines = sessions.understudy.entries.map(({ at, ...entry }) => entry);
    for (const said of [
      { in: "Transmitted", socket: 0, bytes: 7 },
      { in: "Buffered", socket: 0, bytes: 7 },
      { in: "NotTransmitted", socket: 0 },
      { in: "Closed", socket: 0, code: 4403, reason: "stood in", wasClean: true, unsent: 7 },
      { out: "Tell", event: "Settled", id: 1, error: "dropped/unsendable" },
      { out: "Tell", event: "Flushed", id: 0, complete: false },
    ]) {
      assert.ok(lines.some((line) => isDeepStrictEqual(line, said)), `${JSON.stringify(said)} is missing`);
    }
  });

  const folder = process.env.EVERWIRE_RECORD;
  const skip = !folder && "only when EVERWIRE_RECORD names a folder";
  test("is replayed by the host's engine", { skip }, async () => {
    await mkdir(resolve(folder), { recursive: true });
    for (const [name, { lines }] of Object.entries(sessions)) {
      const file = join(resolve(folder), `${page.name}-${name}.jsonl`);
      await writeFile(file, `${lines.join("\n")}\n`);
      const options = { cwd: root, env: { ...process.env, EVERWIRE_TRACE: file } };
      const { stdout } = await promisify(execFile)("cargo", ["test", "--test", "replay", "from_a_browser"], options);
      assert.match(stdout, /1 passed/);
    }
  });
});

const INPUTS = [
  "Advised", "Buffered", "Closed", "Connect", "Disconnect", "Elapsed", "Flush", "Hidden", "Judged", "NoToken", "NotOpened",
  "NotTransmitted", "Offline", "Online", "Opened", "Received", "Restored", "Resumed", "Send", "TakeBack", "Token",
  "Transmitted", "Visible", "Woke",
];
const OUTPUTS = ["AskRetry", "CancelToken", "Close", "FetchToken", "Judge", "Open", "Tell", "Transmit"];
const EVENTS = [
  "Closed", "Down", "Drain", "Dropped", "Error", "Flushed", "Message", "Open", "Retry", "Settled", "State",
];
/** All but those that take a slow or a silent server. */
const ERRORS = [
  "dropped/aborted", "dropped/closed", "dropped/expired", "dropped/overflow", "dropped/unsendable", "dropped/volatile",
  "refused/closed", "refused/sign-in", "unavailable/attempts", "unavailable/connect", "unavailable/token",
];

/** What the class tells as an event of its own; how a message or a flush ends, its promise tells. */
const TYPES = new Map([
  ["Closed", "close"], ["Down", "down"], ["Drain", "drain"], ["Dropped", "drop"], ["Error", "error"],
  ["Message", "message"], ["Open", "open"], ["Retry", "retry"], ["State", "state"],
]);
