// What is left of a client that has closed?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { until } from "../webdriver/until.mjs";
import { consumerPage } from "./consumer-page.mjs";

/** Chromium's driver can ask for a collection and for the size of the heap; the others collect when they like. */
const onlyChromium = browser !== "chromium" && "only Chromium's driver collects garbage when asked";

describe("a client that has closed", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  test("has no timer, and listens to nothing on the page", async () => {
    const answer = await page.run(async () => {
      const [timers, listeners] = [new Set(), new Set()];
      const { setTimeout, clearTimeout } = globalThis;
      globalThis.setTimeout = (call, delay) => {
        // a driver may have its timers in the page, too
        if (!new Error().stack.includes("/pkg/")) return setTimeout(call, delay);
        const id = setTimeout(() => {
          timers.delete(id);
          call();
        }, delay);
        timers.add(id);
        return id;
      };
      globalThis.clearTimeout = (id) => {
        timers.delete(id);
        clearTimeout(id);
      };
      for (const target of [globalThis, document]) {
        const { addEventListener, removeEventListener } = target;
        target.addEventListener = (type, listener, ...rest) => {
          listeners.add(listener);
          addEventListener.call(target, type, listener, ...rest);
        };
        target.removeEventListener = (type, listener, ...rest) => {
          listeners.delete(listener);
          removeEventListener.call(target, type, listener, ...rest);
        };
      }
      const most = { timers: 0, listeners: 0 };
      const left = [];
      const ends = {
        open: ["/ws/echo", (client) => client.opened],
        waiting: ["/ws/fault/refuse", (client) => next(client, "retry")],
        connecting: ["/ws/fault/stall?after=1000", () => {}],
        silent: ["/ws/fault/silent", (client) => client.opened],
      };
      for (const [name, [path, ready]] of Object.entries(ends)) {
        const client = new everwire.Client(path, { closeTimeout: 50, heartbeat: true, reconnect: { minDelay: 60_000 } });
        await ready(client);
        most.timers = Math.max(most.timers, timers.size);
        most.listeners = Math.max(most.listeners, listeners.size);
        await client.close();
        left.push([name, timers.size, listeners.size]);
      }
      return { most, left };
    });
    assert.ok(answer.most.timers > 0 && answer.most.listeners > 3, "it had some of each");
    assert.deepEqual(answer.left, [["open", 0, 0], ["waiting", 0, 0], ["connecting", 0, 0], ["silent", 0, 0]]);
  });

  const ways = {
    "by itself": (client) => client,
    "with listeners": (client) => {
      for (const type of ["open", "message", "close"]) client.addEventListener(type, () => client.stats());
      return client;
    },
    "with a listener that a signal of the page's could end": (client) => {
      globalThis.signals ??= new AbortController();
      client.addEventListener("message", () => client.stats(), { signal: signals.signal });
      return client;
    },
    "with a listener that is called once": (client) => {
      client.addEventListener("drop", () => client.stats(), { once: true });
      return client;
    },
    "with a reader": (client) => {
      (async () => {
        for await (const data of client) globalThis.heard = [client.state, data];
      })();
      return client;
    },
    "with everything awaited": (client) => {
      for (const promise of [client.opened, client.closed, client.send("x"), client.flush()]) promise.then(() => client.state);
      return client;
    },
  };
  for (const [name, furnish] of Object.entries(ways)) {
    test(`is collected, ${name}`, { skip: onlyChromium }, async () => {
      await page.run(installFurnished, `${furnish}`);
      await until("all of them are gone", async () => {
        await page.driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
        return page.run(() => clients.every((client) => client.deref() === undefined));
      });
    });
  }

  test("is collected, whose own functions hold it", { skip: onlyChromium }, async () => {
    await page.run(async () => {
      globalThis.signals = new AbortController();
      globalThis.clients = [];
      for (let made = 0; made < 5; made += 1) {
        let client; // asked before there is one, they must not throw: the driver keeps what was reported
        client = new everwire.Client(() => client?.url || "/ws/echo", {
          protocols: () => (client?.state, []),
          reconnect: { shouldRetry: () => Boolean(client) },
          heartbeat: { ping: () => client.url, isPong: () => Boolean(client) },
          trace: () => globalThis.clients.length && client?.state,
          signal: signals.signal,
        });
        clients.push(new WeakRef(client));
        await client.opened;
        await client.close();
      }
      return null;
    });
    await until("all of them are gone", async () => {
      await page.driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
      return page.run(() => clients.every((client) => client.deref() === undefined));
    });
  });

  test("has given back what a thousand of them took, in JavaScript's heap and in WebAssembly's", { skip: onlyChromium }, async () => {
    const sizes = async () => {
      for (let round = 0; round < 3; round += 1) {
        await page.driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
        await page.run(() => new Promise((resolve) => setTimeout(() => resolve(null)))); // finalizers run in a task
      }
      const { usedSize } = await page.driver.sendAndGetDevToolsCommand("Runtime.getHeapUsage");
      const wasm = await page.run(() => wasmBytes());
      return { usedSize, wasm };
    };
    const live = (rounds) =>
      page.run(async (rounds) => {
        for (let round = 0; round < rounds; round += 1) {
          const client = new everwire.Client("/ws/echo", { heartbeat: true, queue: { maxMessages: 10 } });
          client.addEventListener("message", ({ data }) => (globalThis.heard = data));
          for (let sent = 0; sent < 12; sent += 1) client.send(new Uint8Array(100)); // two are dropped
          await client.opened;
          await client.close();
        }
        return null;
      }, rounds);
    await live(200);
    const before = await sizes();
    await live(1_000);
    const after = await sizes();
    assert.equal(after.wasm, before.wasm);
    // what the engine itself keeps of its scripts and sockets varies; a client that stays is 2 KB and more
    assert.ok(after.usedSize - before.usedSize < 200_000, `${before.usedSize} bytes, then ${after.usedSize}`);
  });
});

/** Runs in the page: five clients, furnished, opened and closed, of which only weak references are kept. */
async function installFurnished(furnish) {
  const apply = eval(`(${furnish})`);
  globalThis.clients = [];
  for (let made = 0; made < 5; made += 1) {
    const client = apply(new everwire.Client("/ws/echo"));
    clients.push(new WeakRef(client));
    await client.opened;
    await client.close();
  }
  return null;
}
