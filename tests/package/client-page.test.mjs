// What does a client do when its page is left, hidden, frozen, cut off or brought back?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

const onlyChromium = browser !== "chromium" && "only Chromium's driver can do it";

describe("the life of the page", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  const start = (options = {}, path = "/ws/echo") =>
    page.run(
      (options, path) => {
        globalThis.client = new everwire.Client(path, { reconnect: quick, ...options });
        globalThis.entries = diary(client);
        return client.opened.then(() => null);
      },
      options,
      path,
    );
  const opens = () => page.run(() => entries.filter(([type]) => type === "open").length);
  const isLive = async () => {
    const answer = await page.run(async () => {
      const back = next(client, "message");
      await client.send("still there?");
      return (await back).data;
    });
    assert.equal(answer, "still there?");
  };
  const devTools = (command, parameters = {}) => page.driver.sendDevToolsCommand(command, parameters);

  /** Somewhere else, and back. */
  async function leaveAndReturn() {
    await page.driver.get("about:blank");
    await page.driver.navigate().back();
    await until("the page is there", () => page.run(() => "everwire" in globalThis));
    return page.run(() => "entries" in globalThis);
  }

  test("back from the back-forward cache it is live again, by one new socket", async (context) => {
    const id = freshId();
    const watched = await watch(page.server, id);
    await start({}, `/ws/echo?watch=${id}`);
    if (!(await leaveAndReturn())) return context.skip("this engine keeps no page with an open socket");
    await until("a second socket is open", async () => (await opens()) === 2);
    await isLive();
    assert.equal(await page.run(() => entries.filter(([type]) => type === "down").length), 1);
    await until("the server has seen both", () => watched.seen.filter(({ event }) => event === "open").length === 2);
  });

  test("what the user closed stays closed when the page comes back", async (context) => {
    await start();
    await page.run(() => client.close());
    if (!(await leaveAndReturn())) return context.skip("this engine does not keep the page");
    await page.run(() => {
      dispatchEvent(new Event("online"));
      client.reconnect();
      return null;
    });
    assert.equal(await page.run(() => client.state), "closed");
    assert.equal(await opens(), 1);
  });

  test("a network that was away replaces a socket that may be dead", { skip: onlyChromium }, async () => {
    await start();
    await devTools("Network.enable");
    const network = (offline) =>
      devTools("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await network(true);
    await until("the page knows", () => page.run(() => !navigator.onLine));
    assert.equal(await page.run(() => client.state), "open", "offline is a hint, not the truth");
    await network(false);
    await until("a second socket is open", async () => (await opens()) === 2);
    await isLive();
  });

  test("offline while waiting, online is a reason to try at once", async () => {
    await page.run(async () => {
      globalThis.path = "/ws/fault/refuse";
      globalThis.client = new everwire.Client(() => path, { reconnect: { minDelay: 50, factor: 1e6, maxDelay: 300_000 } });
      globalThis.entries = diary(client);
      // chance may make a wait short: then there is another
      while ((await next(client, "retry")).delay < 60_000) client.reconnect();
      path = "/ws/echo";
      dispatchEvent(new Event("offline"));
      dispatchEvent(new Event("online"));
      return null;
    });
    await until("it has not waited for minutes", async () => (await opens()) === 1);
    await isLive();
  });

  test("a page that was frozen goes on", { skip: onlyChromium }, async () => {
    await start({ heartbeat: { interval: 60_000 } });
    await devTools("Page.setWebLifecycleState", { state: "frozen" });
    await devTools("Page.setWebLifecycleState", { state: "active" });
    await until("it is open", () => page.run(() => client.state === "open"));
    await isLive();
  });

  test("a machine that slept: the socket is replaced, and time has passed for the token", async () => {
    await start();
    await page.run(() => {
      // what a laptop shows that was shut for an hour: the calendar has gone on, the steady clock has not
      const now = Date.now;
      Date.now = () => now() + 3_600_000;
      document.dispatchEvent(new Event("visibilitychange"));
      return null;
    });
    await until("a second socket is open", async () => (await opens()) === 2);
    await isLive();
  });

  test("a silent peer is found though the page is hidden, and a live one is not given up", async () => {
    // hidden for the client: no driver of Firefox or WebKit hides a tab
    await page.run(() => {
      Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      return null;
    });
    const heartbeat = (path) =>
      page.run(async (path) => {
        const client = new everwire.Client(path, {
          reconnect: quick,
          heartbeat: { interval: 50, timeout: 150, isPong: (data) => data === "ping" },
        });
        const entries = diary(client);
        await client.opened;
        await (path.includes("silent") ? next(client, "down") : new Promise((resolve) => {
          const look = () => (client.stats().roundTrip === null ? setTimeout(look, 10) : resolve());
          look();
        }));
        client.close();
        return entries.filter(([type]) => ["error", "down", "message"].includes(type)).map(([type, what]) => [type, what.code ?? what]);
      }, path);
    assert.deepEqual(await heartbeat("/ws/echo"), []);
    assert.deepEqual(await heartbeat("/ws/fault/silent"), [["error", "unavailable/silent"], ["down", 1006]]);
  });
});
