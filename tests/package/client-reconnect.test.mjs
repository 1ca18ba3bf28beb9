// Does a client come back from each way of losing a socket, and stop where it should?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { consumerPage } from "./consumer-page.mjs";

describe("reconnect", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  /** Its first socket meets this fault, and says what it must to meet it; the next ones find an echo. */
  const survive = (fault, options = {}) =>
    page.run(
      async (fault, options) => {
        let sockets = 0;
        const client = new everwire.Client(() => (sockets++ === 0 ? fault : "/ws/echo"), { reconnect: quick, ...options });
        const entries = diary(client);
        await client.opened;
        client.send("to the first");
        while (sockets < 2 || client.state !== "open") await next(client, "state");
        const back = next(client, "message");
        await client.send("to the second");
        const { data } = await back;
        const { attempts, connects } = client.stats();
        await client.close();
        return { entries, data, attempts, connects };
      },
      fault,
      options,
    );

  const downs = ({ entries }) => entries.filter(([type]) => type === "down").map(([, down]) => down);

  for (const [name, fault, code, reason = ""] of [
    ["a reset without a close frame", "/ws/fault/reset?after=message", 1006],
    ["an end without a close frame", "/ws/fault/drop?after=message", 1006],
    ["a server that stops", "/ws/fault/close?code=1001&reason=deploy&after=message", 1001, "deploy"],
    ["a server that panics", "/ws/fault/panic?after=message", 1011, "internal error"],
    ["a close without a code", "/ws/fault/close?after=message", 1005],
    ["a timeout of the server's", "/ws/fault/close?code=3008&after=message", 3008],
    ["a code that nobody has listed", "/ws/fault/close?code=4123&after=message", 4123],
  ]) {
    test(`${name} is followed by another socket`, async () => {
      const answer = await survive(fault);
      const [down] = downs(answer);
      assert.equal(down.code, code);
      assert.equal(down.willRetry, true);
      assert.equal(down.unconfirmed.messages, 1, "what had left");
      assert.equal(down.reason, reason);
      assert.equal(answer.data, "to the second", "and what had left is not sent twice");
      assert.deepEqual([answer.attempts, answer.connects], [2, 2]);
      const retries = answer.entries.filter(([type]) => type === "retry");
      assert.equal(retries.length, 1);
      assert.ok(retries[0][1].delay >= 0 && retries[0][1].delay <= 60, `${retries[0][1].delay} ms`);
    });
  }

  test("a close that says stop is the end, and its code is told", async () => {
    for (const [code, error] of [[1000, undefined], [1008, "refused/closed"], [4403, "refused/closed"], [4501, "refused/closed"]]) {
      const { entries, closed, opened } = await page.run(async (code) => {
        const client = new everwire.Client(`/ws/fault/close?code=${code}&after=message`, { reconnect: quick });
        const entries = diary(client);
        client.send("go");
        const closed = await client.closed;
        return { entries, closed, opened: await client.opened.then(() => "opened") };
      }, code);
      assert.deepEqual(closed, { code, reason: "", wasClean: true });
      assert.equal(opened, "opened");
      assert.equal(entries.find(([type]) => type === "error")?.[1], error, `${code}`);
      assert.equal(entries.find(([type]) => type === "down")[1].willRetry, false);
      assert.deepEqual(entries.at(-1), ["close", closed]);
    }
  });

  test("without reconnect the first close is the last", async () => {
    const entries = await page.run(async () => {
      const client = new everwire.Client("/ws/fault/reset?after=message", { reconnect: false });
      const entries = diary(client);
      client.send("go");
      await client.closed;
      return entries;
    });
    assert.deepEqual(entries.map(([type]) => type).filter((type) => type !== "state"), ["open", "down", "close"]);
  });

  test("a handshake that is refused, or not answered, is a failed attempt", async () => {
    const outcome = await page.run(async () => {
      const codes = {};
      // Firefox is given 20 s after a failure, whatever connectTimeout says
      for (const [path, attempts, connectTimeout] of [["/ws/fault/refuse?status=503", 2], ["/ws/fault/stall?after=3000", 1, 150]]) {
        const client = new everwire.Client(path, { connectTimeout, reconnect: { ...quick, attempts } });
        const entries = diary(client);
        const rejected = await client.opened.catch((error) => error.code);
        codes[path] = [...entries.filter(([type]) => type === "error").map(([, code]) => code), rejected];
      }
      return codes;
    });
    const end = ["unavailable/attempts", "unavailable/closed"];
    assert.deepEqual(outcome["/ws/fault/refuse?status=503"], ["unavailable/connect", "unavailable/connect", ...end]);
    assert.deepEqual(outcome["/ws/fault/stall?after=3000"], ["unavailable/connect-timeout", ...end]);
  });

  test("a server that goes and comes back on the same port is found, and what was said meanwhile arrives", async () => {
    const server = await startServer({ options: ["--origin", "*"] });
    await page.run((url) => {
      globalThis.client = new everwire.Client(url, { reconnect: quick });
      globalThis.heard = [];
      client.addEventListener("message", ({ data }) => heard.push(data));
      return client.opened.then(() => null);
    }, server.ws("/ws/echo"));
    await server.stop();
    await until("it has noticed", () => page.run(() => client.state !== "open"));
    await page.run(() => {
      for (const text of ["one", "two", "three"]) client.send(text);
      return null;
    });
    const again = await startServer({ addr: server.host, options: ["--origin", "*"] });
    // Firefox waits by itself before it tries a server again that was away
    await until("it is back", () => page.run(() => heard.length === 3), { limit: 60_000 });
    assert.deepEqual(await page.run(() => heard), ["one", "two", "three"]);
    await page.run(() => client.close());
    await again.stop();
  });

  test("shouldRetry decides, and one that throws says nothing", async () => {
    const answer = await page.run(async () => {
      const reported = [];
      addEventListener("error", (event) => reported.push(event.message) && event.preventDefault());
      const asked = [];
      const answers = [true, 5, undefined, () => throwing(), false];
      const client = new everwire.Client("/ws/fault/close?code=1012&after=message", {
        reconnect: {
          ...quick,
          shouldRetry(close, attempt) {
            asked.push([typeof close.code, close.wasClean !== undefined, attempt]);
            const answer = answers[asked.length - 1];
            return typeof answer === "function" ? answer() : answer;
          },
        },
      });
      const entries = diary(client);
      client.addEventListener("open", () => client.send("go"));
      await client.closed;
      return { asked, delays: entries.filter(([type]) => type === "retry").map(([, { delay }]) => delay), reported };
    });
    assert.equal(answer.asked.length, 5);
    assert.equal(answer.delays.length, 4);
    assert.equal(answer.delays[1], 5);
    assert.equal(answer.reported.length, 1, "the page is told");
  });

  test("providers are asked at each attempt; one that rejects is a failed attempt, one that hangs is aborted", async () => {
    const answer = await page.run(async () => {
      const contexts = [];
      let aborted;
      const url = async ({ attempt, lastClose, signal }) => {
        contexts.push([attempt, lastClose?.code ?? null, signal.aborted]);
        if (attempt === 0) return new Promise((_, reject) => signal.addEventListener("abort", () => reject((aborted = true))));
        if (attempt === 1) throw new Error("no address");
        return new URL("/ws/protocol", location.href);
      };
      const protocols = ({ attempt }) => Promise.resolve(["soap", `v${attempt}`]);
      const client = new everwire.Client(url, { protocols, reconnect: quick, connectTimeout: 100 });
      const entries = diary(client);
      const causes = [];
      client.addEventListener("error", ({ error }) => causes.push([error.code, error.cause?.message ?? null]));
      await client.opened;
      const found = { contexts, causes, aborted, protocol: client.protocol, url: new URL(client.url).pathname };
      await client.close();
      return { ...found, types: entries.map(([type]) => type).filter((type) => ["error", "open", "close"].includes(type)) };
    });
    assert.deepEqual(answer.contexts, [[0, null, false], [1, null, false], [2, null, false]]);
    assert.deepEqual(answer.causes, [["unavailable/connect-timeout", null], ["unavailable/connect", "no address"]]);
    assert.equal(answer.aborted, true);
    assert.deepEqual([answer.protocol, answer.url], ["soap", "/ws/protocol"]);
    assert.deepEqual(answer.types, ["error", "error", "open", "close"]);
  });

  test("close() ends it in each state, a peer that never answers within closeTimeout, and a signal, too", async () => {
    const answer = await page.run(async () => {
      const ends = {};
      const end = async (name, client, close) => {
        const begun = performance.now();
        close(client);
        const { code } = await client.closed;
        ends[name] = [code, performance.now() - begun < 4_000, client.state];
      };
      const fresh = (path, options) => new everwire.Client(path, { reconnect: { minDelay: 60_000, maxDelay: 60_000 }, ...options });
      await end("connecting", fresh("/ws/fault/stall?after=3000"), (client) => client.close());
      const waiting = fresh("/ws/fault/refuse");
      await next(waiting, "retry");
      await end("waiting", waiting, (client) => client.close(4000, "enough"));
      const silent = fresh("/ws/fault/silent", { closeTimeout: 100 });
      await silent.opened;
      await end("silent", silent, (client) => client.close());
      const controller = new AbortController();
      const open = fresh("/ws/echo", { signal: controller.signal });
      await open.opened;
      await end("signal", open, () => controller.abort());
      await end("twice", open, (client) => client.close());
      return ends;
    });
    assert.deepEqual(answer, {
      connecting: [1006, true, "closed"],
      waiting: [1006, true, "closed"],
      silent: [1006, true, "closed"],
      signal: [1000, true, "closed"],
      twice: [1000, true, "closed"],
    });
  });

  test("binaryType and listeners survive; reconnect() drops a wait and replaces a socket", async () => {
    const answer = await page.run(async () => {
      let path = "/ws/fault/refuse";
      const client = new everwire.Client(() => path, { reconnect: { minDelay: 60_000, maxDelay: 60_000 } });
      const entries = diary(client);
      client.binaryType = "blob";
      await next(client, "retry");
      path = "/ws/echo";
      client.reconnect();
      await next(client, "open");
      client.reconnect();
      await next(client, "open");
      const back = next(client, "message");
      client.send(new Uint8Array([1, 2]));
      const { data } = await back;
      await client.close();
      return { isBlob: data instanceof Blob, type: client.binaryType, downs: entries.filter(([type]) => type === "down").length };
    });
    assert.deepEqual(answer, { isBlob: true, type: "blob", downs: 1 });
  });
});
