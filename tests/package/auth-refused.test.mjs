// What follows when the server refuses the token: one fresh try, and then a clear stop?

import assert from "node:assert/strict";
import { join } from "node:path";
import { beforeEach, describe, test } from "node:test";
import { root } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { signInPage } from "./sign-in-page.mjs";

describe("a server that refuses the token", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  /** How a client is refused at the door of each kind: after it has opened, or in the reply. */
  const DOORS = [
    ["by 4401, the token in a subprotocol", "/ws/token?via=protocol&refuse=close", "protocol", { protocols: "soap" }],
    ["by 4401, the token in the query", "/ws/token?via=query&refuse=close", "query", {}],
    ["in its reply to the message", "/ws/token?via=message", "message", {}],
  ];

  for (const [how, path, via, options] of DOORS) {
    test(`${how}: a fresh one is asked for at once, and let in`, async () => {
      const { asked, entries, echo } = await page.run(
        async (path, via, options) => {
          const { token, asked } = provider(() => "nobody issued this", () => issued());
          const client = new everwire.Client(path, { auth: { via, token }, reconnect: quick, ...options });
          const entries = diary(client);
          while (asked.length < 2 || client.state !== "open") await next(client, "state");
          const echo = await echoOf(client, "let in");
          await client.close();
          return { asked, entries, echo };
        },
        path, via, options,
      );
      assert.equal(echo, "let in");
      assert.deepEqual(asked.map(({ attempt, reason }) => [attempt, reason]), [[0, "first"], [1, "refused"]]);
      assert.equal(entries.filter(([type]) => type === "error").length, 0, "nobody has to act");
      assert.equal(entries.filter(([type]) => type === "retry").length, 1);
    });

    test(`${how}: a fresh one as well, and the client closes for good with refused/sign-in`, async () => {
      const { asked, entries, state, opened } = await page.run(
        async (path, via, options) => {
          const { token, asked } = provider(() => "nobody issued this");
          const client = new everwire.Client(path, { auth: { via, token }, reconnect: quick, ...options });
          const entries = diary(client);
          const opened = client.opened.then(() => "opened", (error) => error.code);
          await client.closed;
          return { asked, entries, state: client.state, opened: await opened };
        },
        path, via, options,
      );
      assert.deepEqual(asked.map(({ reason }) => reason), ["first", "refused"]);
      const codes = entries.filter(([type]) => type === "error").map(([, code]) => code);
      assert.deepEqual(codes, ["refused/sign-in"]);
      assert.equal(entries.at(-1)[0], "close");
      assert.equal(state, "closed");
      // who is refused after the handshake was open for a moment; who is refused in the reply never was
      assert.equal(opened, via === "message" ? "unavailable/closed" : "opened");
      assert.equal(entries.filter(([type]) => type === "open").length, via === "message" ? 0 : 2);
    });
  }

  test("by each of the codes that say so; and none of them without the auth layer", async () => {
    const outcomes = await page.run(async () => {
      const outcomes = [];
      for (const code of [3000, 4401, 1008]) {
        const path = `/ws/fault/close?code=${code}&after=message&protocol=soap`;
        for (const isOn of [true, false]) {
          const { token, asked } = provider(() => "t");
          const auth = isOn ? { via: "protocol", token } : undefined;
          const client = new everwire.Client(path, { protocols: "soap", auth, reconnect: quick });
          client.addEventListener("open", () => client.send("go"));
          const entries = diary(client);
          const closed = await client.closed;
          outcomes.push([code, isOn, closed.code, asked.length, errorsIn(entries), count(entries, "open")]);
        }
      }
      return outcomes;
    });
    assert.deepEqual(outcomes, [3000, 4401, 1008].flatMap((code) => [
      [code, true, code, 2, ["refused/sign-in"], 2],
      [code, false, code, 0, ["refused/closed"], 1],
    ]));
  });

  test("without reconnect at once: the first refusal is the end, as any first close is", async () => {
    const { asked, codes } = await page.run(async () => {
      const { token, asked } = provider(() => "nobody issued this");
      const client = new everwire.Client("/ws/token?via=message", { auth: { via: "message", token }, reconnect: false });
      const entries = diary(client);
      await client.closed;
      return { asked: asked.length, codes: errorsIn(entries) };
    });
    assert.equal(asked, 1);
    assert.deepEqual(codes, ["refused/sign-in"]);
  });

  test("and once more after a connection that lasted: the next refusal has a fresh try again", async () => {
    // stableAfter is short; the connection lasts by the clock, until it has
    const { reasons, opens } = await page.run(async () => {
      const reasons = [];
      let sockets = 0;
      const token = ({ reason }) => reasons.push(reason) && "t";
      const url = () => (sockets++ < 4 ? "/ws/fault/close?code=4401&after=300&protocol=soap" : "/ws/echo?protocol=soap");
      const auth = { via: "protocol", token };
      const client = new everwire.Client(url, { protocols: "soap", auth, reconnect: { ...quick, stableAfter: 100 } });
      const entries = diary(client);
      while (sockets < 5 || client.state !== "open") await next(client, "state");
      await client.close();
      return { reasons, opens: count(entries, "open") };
    });
    assert.deepEqual(reasons, ["first", "refused", "refused", "refused", "refused"]);
    assert.equal(opens, 5);
  });

  test("in the handshake, which a page cannot see: a token of a while ago is asked for again", async () => {
    // a token is good enough for ten seconds after it was got: the clock is the fact
    await page.run(async () => {
      const { token, asked } = provider(async () => (await issued(3600)).value);
      const auth = { via: "query", token };
      const client = new everwire.Client("/ws/token?via=query", { auth, reconnect: { minDelay: 50, maxDelay: 500 } });
      Object.assign(globalThis, { client, asked, entries: diary(client) });
      return client.opened.then(() => null);
    });
    await page.server.stop();
    // restarted, it knows none of its tokens
    page.server = await startServer({ addr: page.server.host, pages: join(root, "tests/package/page") });
    // Firefox waits by itself before it tries a server again that was away
    const isBack = () => page.run(() => client.state === "open" && client.stats().connects === 2);
    await until("it is back with a fresh token", isBack, { limit: 60_000 });
    const { reasons, codes, echo } = await page.run(async () => {
      const echo = await echoOf(client, "back");
      await client.close();
      return { reasons: asked.map(({ reason }) => reason), codes: errorsIn(entries), echo };
    });
    assert.equal(echo, "back");
    assert.deepEqual(reasons, ["first", "refused"]);
    assert.deepEqual([...new Set(codes)], ["unavailable/connect"]);
  });
});
