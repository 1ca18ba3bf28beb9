// What does a client make of a return: of the page from the cache or the ice, of its user, of the network?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

const onlyChromium = browser !== "chromium" && "only Chromium's driver can do it";

describe("a return", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  const start = (path, options = {}) =>
    page.run(
      (path, options) => {
        globalThis.client = new everwire.Client(path, { reconnect: quick, ...options });
        globalThis.entries = diary(client);
        return client.opened.then(() => null);
      },
      path,
      options,
    );
  const told = (wanted) => page.run((wanted) => entries.filter(([type]) => type === wanted).length, wanted);

  async function leaveAndReturn() {
    await page.driver.get("about:blank");
    await page.driver.navigate().back();
    await until("the page is there", () => page.run(() => "everwire" in globalThis));
    return page.run(() => "entries" in globalThis);
  }

  test("from the cache, again and again: each time one new socket, with a heartbeat as without", async (context) => {
    for (const heartbeat of [false, { interval: 60_000, ping: "pong" }]) {
      await page.open();
      const id = freshId();
      const watched = await watch(page.server, id);
      await start(`/ws/echo?watch=${id}`, { heartbeat });
      for (const returns of [1, 2, 3]) {
        if (!(await leaveAndReturn())) return context.skip("this engine keeps no page with an open socket");
        await until("it is open anew", async () => (await told("open")) === returns + 1, {
          describe: async () => JSON.stringify(await page.run(() => entries)),
        });
        const back = await page.run(async (text) => {
          const back = next(client, "message");
          client.send(text);
          return (await back).data;
        }, `return ${returns}`);
        assert.equal(back, `return ${returns}`);
      }
      const count = (wanted) => watched.seen.filter(({ event }) => event === wanted).length;
      await until("the server has seen four sockets and three ends", () => count("open") === 4 && count("close") === 3);
      assert.equal(await told("down"), 3);
    }
  });

  test("from the cache while it waited: it goes on trying, and what was queued is sent", async (context) => {
    await page.run(async () => {
      globalThis.path = "/ws/fault/refuse";
      globalThis.client = new everwire.Client(() => path, { reconnect: { minDelay: 50, factor: 1e6, maxDelay: 300_000 } });
      globalThis.entries = diary(client);
      client.send("from before");
      // chance may make a wait short: then there is another
      while ((await next(client, "retry")).delay < 60_000) client.reconnect();
      path = "/ws/echo";
      return null;
    });
    if (!(await leaveAndReturn())) return context.skip("this engine does not keep the page");
    await until("the message has come back", async () => (await told("message")) === 1);
    assert.equal(await told("open"), 1);
  });

  test("to a page that is seen again: who waits for minutes tries soon", async () => {
    await page.run(async () => {
      globalThis.path = "/ws/fault/refuse";
      globalThis.client = new everwire.Client(() => path, { reconnect: { minDelay: 50, factor: 1e6, maxDelay: 300_000 } });
      globalThis.entries = diary(client);
      while ((await next(client, "retry")).delay < 60_000) client.reconnect();
      path = "/ws/echo";
      for (const isHidden of [true, false]) {
        Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }
      return null;
    });
    await until("it is open", async () => (await told("open")) === 1);
  });

  test("from the ice: what the server did meanwhile is learnt, and mended", { skip: onlyChromium }, async () => {
    const server = await startServer({ options: ["--origin", "*"] });
    await start(server.ws("/ws/echo"));
    const lifecycle = (state) => page.driver.sendDevToolsCommand("Page.setWebLifecycleState", { state });
    await lifecycle("frozen");
    await server.stop();
    const again = await startServer({ addr: server.host, options: ["--origin", "*"] });
    await lifecycle("active");
    await until("it is open anew", async () => (await told("open")) === 2);
    assert.equal(await told("down"), 1);
    await page.run(() => client.close());
    await again.stop();
  });

  test("of the network: attempts while there is none use nothing up, those after it do", async () => {
    const answer = await page.run(async () => {
      dispatchEvent(new Event("offline"));
      let calls = 0;
      const nowhere = () => {
        calls += 1;
        throw new Error("no address");
      };
      const client = new everwire.Client(nowhere, { reconnect: { minDelay: 1, maxDelay: 3, attempts: 2 } });
      const entries = diary(client);
      dispatchEvent(new Event("offline"));
      while (calls < 6) await next(client, "retry");
      const { state } = client;
      dispatchEvent(new Event("online"));
      const before = calls;
      await client.closed;
      return { state, before, after: calls - before, error: entries.filter(([type]) => type === "error").at(-1)[1] };
    });
    assert.ok(["waiting", "connecting"].includes(answer.state), answer.state);
    assert.ok(answer.before >= 6);
    assert.ok(answer.after <= 2 && answer.error === "unavailable/attempts", `${answer.after} more, then ${answer.error}`);
  });

  test("of nobody: what was closed is not opened by any return", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    await start(`/ws/echo?watch=${id}`);
    const entries = await page.run(async () => {
      await client.close();
      const heard = diary(client);
      for (const type of ["offline", "online"]) dispatchEvent(new Event(type));
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      for (const type of ["visibilitychange", "resume"]) document.dispatchEvent(new Event(type));
      client.reconnect();
      // a socket of another client has come and gone: ours would have been before it
      const other = await openSocket("/ws/echo");
      other.close();
      await next(other, "close");
      return heard;
    });
    assert.deepEqual(entries, []);
    await watched.close();
    assert.equal(watched.seen.filter(({ event }) => event === "open").length, 1);
  });
});
