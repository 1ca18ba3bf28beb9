// By which clock does a token expire, where the machine sleeps or its clock is wrong?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { signInPage } from "./sign-in-page.mjs";

describe("a token", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  test("that expired while the machine slept is renewed before the next attempt", async () => {
    const { asked, codes, echo, connects } = await page.run(async () => {
      const { token, asked } = provider(() => issued(60), () => issued(600));
      const auth = { via: "query", token, refreshBefore: 1_000 };
      const client = new everwire.Client("/ws/token?via=query", { auth, reconnect: quick });
      const entries = diary(client);
      await client.opened;
      const { now } = Date;
      Date.now = () => now() + 61_000; // the calendar goes on while a machine sleeps, performance.now() does not
      // without a heartbeat the socket is replaced after a sleep
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      while (client.stats().connects < 2 || client.state !== "open") await next(client, "state");
      Date.now = now;
      const echo = await echoOf(client, "awake");
      const { connects } = client.stats();
      await client.close();
      return { asked, codes: errorsIn(entries), echo, connects };
    });
    // waking and coming back are two facts: on a busy machine the second takes the first's question back and asks anew
    assert.deepEqual([...new Set(asked.map(({ reason }) => reason))], ["first", "expiring"]);
    assert.deepEqual(codes, []);
    assert.deepEqual([echo, connects], ["awake", 2]);
  });

  test("that is good for long is not asked for again after a sleep", async () => {
    const asked = await page.run(async () => {
      const { token, asked } = provider(() => issued(3600));
      const client = new everwire.Client("/ws/token?via=query", { auth: { via: "query", token }, reconnect: quick });
      await client.opened;
      const { now } = Date;
      Date.now = () => now() + 61_000;
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      while (client.stats().connects < 2 || client.state !== "open") await next(client, "state");
      Date.now = now;
      await client.close();
      return asked;
    });
    assert.equal(asked.length, 1);
  });

  test("that expired long ago by the client's clock, which may be wrong, is used, and not asked for at each attempt", async () => {
    const { asked, connects } = await page.run(async () => {
      const { token, asked } = provider(async () => ({ ...(await issued()), expiresAt: 0 }));
      let sockets = 0;
      const lost = "/ws/fault/close?code=4123&after=message&protocol=soap";
      const url = () => (sockets++ < 3 ? lost : "/ws/token?via=protocol");
      const client = new everwire.Client(url, { protocols: "soap", auth: { via: "protocol", token }, reconnect: quick });
      client.addEventListener("open", () => sockets < 4 && client.send("go"));
      while (sockets < 4 || client.state !== "open") await next(client, "state");
      const { connects } = client.stats();
      await client.close();
      return { asked, connects };
    });
    assert.equal(connects, 4);
    assert.equal(asked.length, 1);
  });
});
