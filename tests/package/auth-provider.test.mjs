// When is the token provider asked, with what, and what follows when it does not answer?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { signInPage } from "./sign-in-page.mjs";

describe("the token provider", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  test("is asked for the first token before the first socket, and not again while that is good", async () => {
    const { asked, made, connects } = await page.run(async () => {
      const { made, WebSocket } = offering();
      let sockets = 0;
      const url = () => (sockets++ < 2 ? "/ws/fault/close?code=4123&after=message&protocol=soap" : "/ws/echo?protocol=soap");
      const madeWhenAsked = [];
      const { token, asked } = provider(() => madeWhenAsked.push(made.length) && "t");
      const client = new everwire.Client(url, {
        WebSocket, protocols: "soap", auth: { via: "protocol", token }, reconnect: quick,
      });
      client.addEventListener("open", () => sockets < 3 && client.send("go"));
      while (sockets < 3 || client.state !== "open") await next(client, "state");
      const { connects } = client.stats();
      await client.close();
      return { asked, made: madeWhenAsked, connects };
    });
    assert.deepEqual(asked, [{ attempt: 0, lastClose: null, reason: "first", aborted: false }]);
    assert.deepEqual(made, [0]);
    assert.equal(connects, 3);
  });

  test("may answer at once or later, with a string or with a value and its expiry as number or Date", async () => {
    const opened = await page.run(async () => {
      const { value, expiresAt } = await issued();
      const late = (answer) => new Promise((resolve) => queueMicrotask(() => resolve(answer)));
      const answers = [
        () => value,
        () => late(value),
        () => ({ value }),
        () => ({ value, expiresAt: undefined }),
        () => late({ value, expiresAt }),
        () => ({ value, expiresAt: new Date(expiresAt) }),
        () => ({ value, expiresAt: Infinity }),
        () => ({ then: (resolve) => resolve(value) }), // any thenable
        async () => late(late(value)),
      ];
      const opened = [];
      for (const token of answers) {
        const client = new everwire.Client("/ws/token?via=query", { auth: { via: "query", token }, reconnect: false });
        await client.opened.then(() => opened.push("opened"), (error) => opened.push(error.code));
        await client.close();
      }
      return opened;
    });
    assert.deepEqual(opened, Array(9).fill("opened"));
  });

  test("that throws or rejects makes its attempt fail, says why, and is asked again", async () => {
    const { asked, causes, sockets } = await page.run(async () => {
      const { made, WebSocket } = offering();
      const { token, asked } = provider(
        () => {
          throw new Error("no session");
        },
        () => Promise.reject(new TypeError("network")),
        () => Promise.reject(),
        () => issued(),
      );
      const client = new everwire.Client("/ws/token?via=query", { WebSocket, auth: { via: "query", token }, reconnect: quick });
      const causes = [];
      client.addEventListener("error", ({ error }) => causes.push([error.code, String(error.cause)]));
      await client.opened;
      await client.close();
      return { asked, causes, sockets: made.length };
    });
    assert.deepEqual(causes, [
      ["unavailable/token", "Error: no session"],
      ["unavailable/token", "TypeError: network"],
      ["unavailable/token", "undefined"],
    ]);
    assert.deepEqual(asked, [0, 1, 2, 3].map((attempt) => ({ attempt, lastClose: null, reason: "first", aborted: false })));
    assert.equal(sockets, 1, "no attempt without a token");
  });

  test("that answers with no token makes its attempt fail, and the answer is not shown", async () => {
    const told = await page.run(async () => {
      const answers = [undefined, null, 5, true, {}, { token: "a secret" }, { value: 5 }, ["a secret"], { value: "a secret", expiresAt: "soon" }, { value: "a secret", expiresAt: new Date(NaN) }];
      const told = [];
      for (const answer of answers) {
        const auth = { via: "query", token: () => answer };
        const client = new everwire.Client("/ws/echo", { auth, reconnect: false });
        const { error } = await next(client, "error");
        told.push([error.code, `${error.cause?.code}: ${error.cause?.message}`]);
        await client.closed;
      }
      return told;
    });
    const none = ["unavailable/token", "misuse/token: auth.token must give a string or { value, expiresAt }"];
    const expiry = ["unavailable/token", "misuse/option: auth.token.expiresAt must be a Date or milliseconds since 1970"];
    assert.deepEqual(told, [...Array(8).fill(none), expiry, expiry]);
  });

  test("that hangs is given auth.timeout; then its signal is aborted, and it is asked again", async () => {
    const { asked, aborted, codes, late } = await page.run(async () => {
      const aborted = [];
      let answerLate;
      const { token, asked } = provider(
        ({ signal }) =>
          new Promise((resolve) => {
            answerLate = resolve;
            signal.addEventListener("abort", () => aborted.push(asked.length));
          }),
        () => {
          answerLate("too late, and not good either");
          return issued();
        },
      );
      const { made, WebSocket } = offering();
      const auth = { via: "query", token, timeout: 100 };
      const client = new everwire.Client("/ws/token?via=query", { WebSocket, auth, reconnect: quick });
      const entries = diary(client);
      await client.opened;
      await client.close();
      return { asked, aborted, codes: errorsIn(entries), late: made.filter(({ url }) => url.includes("late")).length };
    });
    assert.deepEqual(codes, ["unavailable/token-timeout"]);
    assert.deepEqual(aborted, [1], "before it is asked again");
    assert.deepEqual(asked.map(({ attempt, reason }) => [attempt, reason]), [[0, "first"], [1, "first"]]);
    assert.equal(late, 0);
  });

  test("is told to stop when the client closes or is told to begin again, and not when it has answered", async () => {
    const signals = await page.run(async () => {
      const signals = {};
      const hanging = () => {
        let signal;
        const asked = new Promise((resolve) => (globalThis.resolveAsked = resolve));
        const token = (context) => {
          signal = context.signal;
          globalThis.resolveAsked();
          return new Promise(() => {});
        };
        return { auth: { via: "query", token }, asked, isAborted: () => signal.aborted };
      };
      const closed = hanging();
      const client = new everwire.Client("/ws/echo", { auth: closed.auth });
      await closed.asked;
      signals.before = closed.isAborted();
      await client.close();
      signals.closed = closed.isAborted();

      let answered;
      const token = ({ signal }) => ((answered = signal), Promise.resolve("t"));
      const other = new everwire.Client("/ws/echo", { auth: { via: "query", token } });
      await other.opened;
      await other.close();
      signals.answered = answered.aborted;
      return signals;
    });
    assert.deepEqual(signals, { before: false, closed: true, answered: false });
  });

  test("may call any method while it is asked", async () => {
    const { close, states, drops } = await page.run(async () => {
      const states = [];
      let client;
      const { token } = provider(
        () => Promise.reject(), // inside the constructor: nobody has a client to call
        () => {
          states.push(client.state, client.url);
          client.send("from inside");
          client.reconnect();
          client.close(4000, "changed my mind");
          states.push(client.state);
          return "t";
        },
      );
      client = new everwire.Client("/ws/echo", { auth: { via: "query", token }, reconnect: quick });
      const entries = diary(client);
      const close = await client.closed;
      return { close, states: [...states, client.state], drops: entries.filter(([type]) => type === "drop") };
    });
    assert.deepEqual(states, ["connecting", "", "connecting", "closed"], "what it wishes is done when it has answered");
    assert.equal(close.wasClean, false, "there was no socket to say it to");
    assert.deepEqual(drops, [["drop", { data: "string", reason: "closed" }]]);
  });

  test("learns how the latest socket ended", async () => {
    const asked = await page.run(async () => {
      let sockets = 0;
      const { token, asked } = provider(() => "one", () => "two");
      const first = "/ws/fault/close?code=3000&reason=who+are+you&after=message&protocol=soap";
      const url = () => (sockets++ === 0 ? first : "/ws/echo?protocol=soap");
      const client = new everwire.Client(url, { protocols: "soap", auth: { via: "protocol", token }, reconnect: quick });
      client.send("go");
      while (sockets < 2 || client.state !== "open") await next(client, "state");
      await client.close();
      return asked;
    });
    assert.deepEqual(asked, [
      { attempt: 0, lastClose: null, reason: "first", aborted: false },
      { attempt: 1, lastClose: { code: 3000, reason: "who are you", wasClean: true }, reason: "refused", aborted: false },
    ]);
  });
});
