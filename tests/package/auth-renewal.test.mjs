// Is a token renewed before it expires: over a message without dropping the connection, else for the next attempt?
//
// The provider is asked no sooner than ten seconds after it was asked last. Where a test waits as long, the clock is the
// fact; where the machine is to have slept, the calendar is set forward, as it is after a sleep.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { signInPage } from "./sign-in-page.mjs";

describe("a token that expires", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  for (const kind of ["a number", "a Date"]) {
    test(`via message: is renewed on the connection, which outlives it (expiresAt is ${kind})`, async () => {
      const id = freshId();
      const watched = await watch(page.server, id);
      await page.run(
        async (url, isDate) => {
          // good for 13 s on this server, which then closes with 4401
          const fetched = async () => {
            const { value, expiresAt } = await issued(13);
            globalThis.expiries = [...(globalThis.expiries ?? []), expiresAt];
            return { value, expiresAt: isDate ? new Date(expiresAt) : expiresAt };
          };
          const { token, asked } = provider(fetched);
          const client = new everwire.Client(url, { auth: { via: "message", token, refreshBefore: 12_000 }, reconnect: quick });
          Object.assign(globalThis, { client, asked, entries: diary(client) });
          return client.opened.then(() => null);
        },
        `/ws/token?via=message&watch=${id}`,
        kind === "a Date",
      );
      const hasOutlived = () => page.run(() => asked.length === 2 && Date.now() > expiries[0] + 1_500);
      await until("the first token has expired", hasOutlived, { limit: 30_000 });
      const { reasons, echo, entries, connects } = await page.run(async () => {
        const echo = await echoOf(client, "still here");
        const { connects } = client.stats();
        await client.close();
        return { reasons: asked.map(({ reason }) => reason), echo, entries, connects };
      });
      await watched.close();
      assert.equal(echo, "still here");
      assert.deepEqual(reasons, ["first", "expiring"]);
      assert.equal(connects, 1);
      assert.deepEqual(
        entries.map(([type]) => type),
        ["state", "open", "message", "state", "state", "close"],
        "of the renewal nothing is told, neither its reply as a message",
      );
      const seen = watched.seen.map(({ event, kind }) => [event, kind].filter(Boolean).join());
      assert.deepEqual(seen, ["open", "message,text", "message,text", "message,text", "close"]);
    });
  }

  test("via message: a renewal that fails is told and tried again, and the connection stands", async () => {
    await page.run(async () => {
      const { token, asked } = provider(() => issued(60), () => Promise.reject(new Error("offline")), () => issued(60));
      const auth = { via: "message", token, refreshBefore: 59_000 };
      const client = new everwire.Client("/ws/token?via=message", { auth, reconnect: quick });
      const causes = [];
      client.addEventListener("error", ({ error }) => causes.push([error.code, error.cause?.message]));
      Object.assign(globalThis, { client, asked, causes });
      return client.opened.then(() => null);
    });
    await until("it has been asked a third time", () => page.run(() => asked.length === 3), { limit: 40_000 });
    const { reasons, causes, echo, connects } = await page.run(async () => {
      const echo = await echoOf(client, "still here");
      const { connects } = client.stats();
      await client.close();
      return { reasons: asked.map(({ reason }) => reason), causes, echo, connects };
    });
    assert.deepEqual(reasons, ["first", "expiring", "expiring"]);
    assert.deepEqual(causes, [["unavailable/token", "offline"]]);
    assert.deepEqual([echo, connects], ["still here", 1]);
  });

  for (const [via, path, options] of [
    ["query", "/ws/token?via=query", {}],
    ["protocol", "/ws/token?via=protocol", { protocols: "soap" }],
  ]) {
    test(`via ${via}: is renewed for the next attempt, the connection stands while the server lets it`, async () => {
      await page.run(
        async (path, via, options) => {
          const { token, asked } = provider(() => issued(60));
          const { made, WebSocket } = offering();
          const auth = { via, token, refreshBefore: 59_000 };
          const client = new everwire.Client(path, { WebSocket, auth, reconnect: quick, ...options });
          Object.assign(globalThis, { client, asked, made, entries: diary(client) });
          return client.opened.then(() => null);
        },
        path, via, options,
      );
      await until("it is asked again", () => page.run(() => asked.length === 2), { limit: 30_000 });
      const { reasons, made, attempts, tokens } = await page.run(async () => {
        await echoOf(client, "still here");
        const before = made.length;
        client.reconnect();
        await next(client, "open");
        const { attempts } = client.stats();
        await client.close();
        const tokens = new Set(made.map(({ url, protocols }) => `${url} ${protocols}`)).size;
        return { reasons: asked.map(({ reason }) => reason), made: [before, made.length], attempts, tokens };
      });
      assert.deepEqual(reasons, ["first", "expiring"]);
      assert.deepEqual(made, [1, 2]);
      assert.equal(attempts, 2);
      assert.equal(tokens, 2, "the second handshake has the new one");
    });
  }

  test("while the machine slept is renewed before the next attempt", async () => {
    const { reasons, codes, echo, connects } = await page.run(async () => {
      const { token, asked } = provider(() => issued(60), () => issued(600));
      const auth = { via: "query", token, refreshBefore: 1_000 };
      const client = new everwire.Client("/ws/token?via=query", { auth, reconnect: quick });
      const entries = diary(client);
      await client.opened;
      const { now } = Date;
      Date.now = () => now() + 59_500;
      // without a heartbeat the socket is replaced after a sleep
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      while (client.stats().connects < 2 || client.state !== "open") await next(client, "state");
      Date.now = now;
      const echo = await echoOf(client, "awake");
      const { connects } = client.stats();
      await client.close();
      return { reasons: asked.map(({ reason }) => reason), codes: errorsIn(entries), echo, connects };
    });
    assert.deepEqual(reasons, ["first", "expiring"]);
    assert.deepEqual(codes, []);
    assert.deepEqual([echo, connects], ["awake", 2]);
  });

  test("by its own account long ago is taken once, and asked for again at a bounded rate: the client's clock may be wrong", async () => {
    const { reasons, connects } = await page.run(async () => {
      const { token, asked } = provider(async () => ({ ...(await issued()), expiresAt: 0 }));
      let sockets = 0;
      const url = () => (sockets++ < 3 ? "/ws/fault/close?code=4123&after=message&protocol=soap" : "/ws/token?via=protocol");
      const client = new everwire.Client(url, { protocols: "soap", auth: { via: "protocol", token }, reconnect: quick });
      client.addEventListener("open", () => client.send("go"));
      while (sockets < 4 || client.state !== "open") await next(client, "state");
      const { connects } = client.stats();
      await client.close();
      return { reasons: asked.map(({ reason }) => reason), connects };
    });
    assert.equal(connects, 4);
    assert.deepEqual(reasons, ["first"]);
  });
});
