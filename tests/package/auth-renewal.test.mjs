// Is a token renewed before it expires: over a message without dropping the connection, else for the next attempt?
//
// The provider is asked no sooner than ten seconds after it was asked last, so the clock is the fact here; the sessions
// run side by side, and each test waits for its own.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { signInPage } from "./sign-in-page.mjs";

describe("a token that is about to expire", () => {
  const page = signInPage();
  /** What the server sees of the first two. */
  const watched = {};

  before(async () => {
    for (const kind of ["number", "Date"]) {
      const id = freshId();
      watched[kind] = Object.assign(await watch(page.server, id), { id });
    }
    await page.open();
    await page.run(
      async (ids) => {
        const begin = async (via, path, token, { refreshBefore, ...options }) => {
          const { made, WebSocket } = offering();
          const { token: provide, asked } = provider(...token);
          const auth = { via, token: provide, refreshBefore };
          const client = new everwire.Client(path, { WebSocket, auth, reconnect: quick, ...options });
          const causes = [];
          client.addEventListener("error", ({ error }) => causes.push([error.code, error.cause?.message]));
          const session = { client, asked, made, causes, entries: diary(client) };
          await client.opened;
          return session;
        };
        /** Good for 13 s on this server, which then closes with 4401. */
        const short = (kind) => async () => {
          const { value, expiresAt } = await issued(13);
          (expiries[kind] ??= []).push(expiresAt);
          return { value, expiresAt: kind === "Date" ? new Date(expiresAt) : expiresAt };
        };
        globalThis.expiries = {};
        const byMessage = "/ws/token?via=message";
        const soon = { refreshBefore: 59_000 }; // due at once, and so as soon as may be asked
        globalThis.sessions = {
          number: await begin("message", `${byMessage}&watch=${ids.number}`, [short("number")], { refreshBefore: 12_000 }),
          Date: await begin("message", `${byMessage}&watch=${ids.Date}`, [short("Date")], { refreshBefore: 12_000 }),
          failing: await begin("message", byMessage, [issued, () => Promise.reject(new Error("offline")), issued].map((give) => () => give(60)), soon),
          refused: await begin("message", byMessage, [() => issued(60), () => "nobody issued this"], soon),
          query: await begin("query", "/ws/token?via=query", [() => issued(60)], soon),
          protocol: await begin("protocol", "/ws/token?via=protocol", [() => issued(60)], { protocols: "soap", ...soon }),
        };
        return null;
      },
      { number: watched.number.id, Date: watched.Date.id },
    );
  });

  for (const kind of ["number", "Date"]) {
    test(`via message: it is renewed on the connection, which outlives it (expiresAt is a ${kind})`, async () => {
      const hasOutlived = (kind) => sessions[kind].asked.length === 2 && Date.now() > expiries[kind][0] + 1_500;
      await until("the first token has expired", () => page.run(hasOutlived, kind), { limit: 30_000 });
      const { reasons, echo, types, connects } = await page.run(async (kind) => {
        const { client, asked, entries } = sessions[kind];
        const echo = await echoOf(client, "still here");
        const { connects } = client.stats();
        await client.close();
        return { reasons: asked.map(({ reason }) => reason), echo, types: entries.map(([type]) => type), connects };
      }, kind);
      await watched[kind].close();
      assert.equal(echo, "still here");
      assert.deepEqual(reasons, ["first", "expiring"]);
      assert.equal(connects, 1);
      // of the renewal nothing is told, its reply is no message
      assert.deepEqual(types, ["state", "open", "message", "state", "state", "close"]);
      const seen = watched[kind].seen.map(({ event }) => event);
      assert.deepEqual(seen, ["open", "message", "message", "message", "close"], "two credentials and one message");
    });
  }

  for (const [via, name] of [["query", "query"], ["protocol", "protocol"]]) {
    test(`via ${via}: it is renewed for the next attempt, and the connection stands`, async () => {
      await until("it is asked again", () => page.run((name) => sessions[name].asked.length === 2, name), { limit: 30_000 });
      const { reasons, made, connects, differ } = await page.run(async (name) => {
        const { client, asked, made } = sessions[name];
        await echoOf(client, "still here");
        const before = made.length;
        client.reconnect();
        await next(client, "open");
        const { connects } = client.stats();
        await client.close();
        const differ = new Set(made.map(({ url, protocols }) => `${url} ${protocols}`)).size;
        return { reasons: asked.map(({ reason }) => reason), made: [before, made.length], connects, differ };
      }, name);
      assert.deepEqual(reasons, ["first", "expiring"]);
      assert.deepEqual(made, [1, 2]);
      assert.deepEqual([connects, differ], [2, 2], "the second handshake has the new one");
    });
  }

  test("via message: a renewal that fails is told and tried again, and the connection stands", async () => {
    const isThrice = () => sessions.failing.asked.length === 3;
    await until("it is asked a third time", () => page.run(isThrice), { limit: 40_000 });
    const { reasons, causes, echo, connects } = await page.run(async () => {
      const { client, asked, causes } = sessions.failing;
      const echo = await echoOf(client, "still here");
      const { connects } = client.stats();
      await client.close();
      return { reasons: asked.map(({ reason }) => reason), causes, echo, connects };
    });
    assert.deepEqual(reasons, ["first", "expiring", "expiring"]);
    assert.deepEqual(causes, [["unavailable/token", "offline"]]);
    assert.deepEqual([echo, connects], ["still here", 1]);
  });

  test("via message: a renewal that the server refuses has its fresh try, and then a clear stop", async () => {
    const isOver = () => sessions.refused.client.state === "closed";
    await until("the client has closed", () => page.run(isOver), { limit: 40_000 });
    const { reasons, causes, last } = await page.run(() => {
      const { asked, causes, entries } = sessions.refused;
      return { reasons: asked.map(({ reason }) => reason), causes, last: entries.at(-1)[0] };
    });
    // the server closes, too; by then the fresh one has been got, and has its try on a connection of its own
    assert.deepEqual(reasons, ["first", "expiring", "refused", "refused"]);
    assert.deepEqual(causes, [["refused/sign-in", null]]);
    assert.equal(last, "close");
  });
});
