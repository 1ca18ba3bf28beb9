// How long does a client live, and what does it leave behind?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { browser } from "../webdriver/environment.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";
import { consumerPage } from "./consumer-page.mjs";

const LONG = process.env.EVERWIRE_LONG !== undefined;
/** Chromium's driver can ask for a collection; the others collect when they like. */
const onlyChromium = browser !== "chromium" && "only Chromium's driver collects garbage when asked";

describe("lifetime", () => {
  const page = consumerPage();
  beforeEach(() => page.open({ init: false }));

  test(`${LONG ? "ten thousand" : "a thousand"} reconnects leave WebAssembly's memory flat`, { timeout: 1_200_000 }, async () => {
    const rounds = LONG ? 10_000 : 1_000;
    await page.run((rounds) => {
      globalThis.sizes = [];
      (async () => {
        await everwire.init();
        // closes are clean: Firefox waits after those that are not
        const client = new everwire.Client("/ws/fault/close?code=1012&after=message", {
          reconnect: { minDelay: 0, maxDelay: 0, stableAfter: 0 },
          heartbeat: true,
        });
        globalThis.opened = 0;
        client.addEventListener("open", () => {
          opened += 1;
          client.send(new Uint8Array(1_000));
        });
        for (const mark of [rounds / 10, rounds]) {
          while (opened < mark) await next(client, "open");
          sizes.push(wasmBytes());
        }
        await client.close();
        sizes.push(wasmBytes());
      })();
      return null;
    }, rounds);
    await until("all rounds are done", () => page.run(() => sizes.length === 3), { limit: LONG ? 1_000_000 : 180_000, describe: () => page.run(() => opened) });
    const [tenth, all, closed] = await page.run(() => sizes);
    assert.deepEqual([all, closed], [tenth, tenth]);
  });

  /** Opens what `make` makes and lets go of it, in the page; and what the server sees. */
  async function abandoned(make) {
    const id = freshId();
    const watched = await watch(page.server, id);
    await page.run(() => everwire.init().then(() => null));
    await page.run(make, `/ws/echo?watch=${id}`);
    await watched.event("it open", ({ event }) => event === "open");
    return watched;
  }

  async function collect() {
    for (let round = 0; round < 5; round += 1) {
      await page.driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
      await page.run(() => new Promise((resolve) => setTimeout(() => resolve(null)))); // finalizers run in a task
    }
  }

  const kinds = {
    "a client": (path) => void new everwire.Client(path),
    "a drop-in": (path) => void new everwire.WebSocket(path),
    "a drop-in with layers": (path) => void new (everwire.WebSocket.with({ reconnect: true }))(path),
    "a client whose listener was removed": (path) => {
      const client = new everwire.Client(path);
      const listener = () => {};
      client.addEventListener("message", listener);
      client.removeEventListener("message", listener);
    },
    "a client whose listener's signal was aborted": (path) => {
      const controller = new AbortController();
      new everwire.Client(path).addEventListener("message", () => {}, { signal: controller.signal });
      controller.abort();
    },
    "a client whose listener was to be called once, and was": (path) => {
      new everwire.Client(path).addEventListener("open", () => {}, { once: true });
    },
    "a client whose iterator nobody reads": (path) => void new everwire.Client(path).messages(),
  };
  for (const [name, make] of Object.entries(kinds)) {
    test(`${name} that nobody can reach is collected, and closes`, { skip: onlyChromium }, async () => {
      const watched = await abandoned(make);
      await until("its socket is closed", async () => {
        await collect();
        return watched.seen.some(({ event }) => event === "close");
      });
      assert.equal(watched.seen.find(({ event }) => event === "close").code, 1000);
    });
  }

  const reasons = {
    "something listens": (path) => {
      new everwire.Client(path).addEventListener("message", ({ data }) => (globalThis.heard = data));
    },
    "something listens to a drop-in": (path) => {
      new everwire.WebSocket(path).onmessage = ({ data }) => (globalThis.heard = data);
    },
    "somebody reads": (path) => {
      (async () => {
        for await (const data of new everwire.Client(path)) globalThis.heard = data;
      })();
    },
    "its end is awaited": (path) => {
      new everwire.Client(path).closed.then(({ code }) => (globalThis.heard = code));
    },
  };
  for (const [name, make] of Object.entries(reasons)) {
    test(`a client that nobody can reach stays while ${name}`, { skip: onlyChromium }, async () => {
      const watched = await abandoned(make);
      await collect();
      assert.deepEqual(watched.seen.filter(({ event }) => event === "close"), []);
      await page.driver.navigate().refresh(); // else it would stay for ever
      await watched.close();
    });
  }

  test("a message that was told is not kept until the next one comes", { skip: onlyChromium }, async () => {
    await page.open();
    await page.run(async () => {
      globalThis.client = new everwire.Client("/ws/echo");
      client.send(new Uint8Array(1_000_000));
      const { data } = await next(client, "message");
      globalThis.told = new WeakRef(data);
      return null;
    });
    await until("it is collected", async () => {
      await collect();
      return page.run(() => told.deref() === undefined);
    });
    await page.run(() => client.close().then(() => null));
  });

  const signalled = {
    "a client": (signal) => new everwire.Client("/ws/echo", { signal }),
    "a drop-in with layers": (signal) => new (everwire.WebSocket.with({ signal, reconnect: true }))("/ws/echo"),
  };
  for (const [name, make] of Object.entries(signalled)) {
    test(`the signal of ${name} that was collected is let go of, and closes nobody else`, { skip: onlyChromium }, async () => {
      await page.open();
      await page.run((make) => {
        const signal = (globalThis.stop = new AbortController()).signal;
        globalThis.left = 0;
        for (const [method, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
          signal[method] = (...given) => {
            left += step;
            EventTarget.prototype[method].apply(signal, given);
          };
        }
        void eval(`(${make})`)(signal);
        return null;
      }, `${make}`);
      await until("the signal is let go of", async () => {
        await collect();
        return page.run(() => left === 0);
      });
      const state = await page.run(async () => {
        const other = new everwire.Client("/ws/echo"); // its engine has the number of the one that is gone
        await other.opened;
        stop.abort();
        return other.state;
      });
      assert.equal(state, "open");
    });
  }

  test("a message that waits keeps its client, and is sent", { skip: onlyChromium }, async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    await page.run(() => everwire.init().then(() => null));
    await page.run((path) => {
      let attempts = 0;
      const url = () => (attempts++ < 2 ? "/ws/fault/refuse" : path);
      void new everwire.Client(url, { reconnect: { minDelay: 200, maxDelay: 400 } }).send("at last");
      return null;
    }, `/ws/echo?watch=${id}`);
    await collect();
    const { bytes } = await watched.event("the message", ({ event }) => event === "message");
    assert.equal(bytes, "at last".length);
  });
});
