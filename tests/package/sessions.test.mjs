// Is anything lost, doubled or out of order with `session`, and is what cannot be made good told?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { consumerPage } from "./consumer-page.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";

describe("a session", () => {
  const page = consumerPage();
  let proxy;
  beforeEach(async () => {
    proxy = await startCuttingProxy(portOf(page.server));
    await page.open({ url: `http://${proxy.host}/` });
  });

  /** A client through the proxy, as `globalThis.client`; what it hears is in `globalThis.heard` and `globalThis.entries`. */
  const connect = (url, options = {}) =>
    page.run(
      async (url, options) => {
        globalThis.client = new everwire.Client(url, { session: true, reconnect: quick, ...options });
        globalThis.entries = diary(client);
        globalThis.gaps = [];
        globalThis.heard = [];
        globalThis.opens = [];
        client.addEventListener("open", ({ resumed }) => opens.push(resumed));
        client.addEventListener("message", ({ data }) => heard.push(data));
        client.addEventListener("gap", ({ received, missed }) => gaps.push({ received, missed }));
        await client.opened;
        return { resumed: opens, protocol: client.protocol };
      },
      url,
      options,
    );
  const heard = (count) => until(`${count} messages are heard`, () => page.run((count) => heard.length >= count, count));
  const opened = (times) => until(`it is open for the ${times}th time`, () => page.run((times) => opens.length >= times && client.state === "open", times));

  test("begins anew, and says so", async () => {
    assert.deepEqual(await connect(proxy.ws("/ws/echo")), { resumed: [false], protocol: "" });
  });

  test("brings everything once and in order, through ten cuts in the middle of it", async () => {
    await connect(proxy.ws("/ws/echo"));
    for (let round = 0; round < 10; round += 1) {
      await page.run((from) => {
        for (let number = from; number < from + 200; number += 1) client.send(`${number}`);
        return null;
      }, round * 200);
      proxy.cut();
      await opened(round + 2);
    }
    await heard(2_000);
    const { all, resumed, gaps, drops } = await page.run(() => ({
      all: heard, resumed: opens, gaps, drops: entries.filter(([type]) => type === "drop"),
    }));
    assert.deepEqual(all, Array.from({ length: 2_000 }, (_, number) => `${number}`));
    assert.deepEqual(resumed, [false, ...Array(10).fill(true)]);
    assert.deepEqual([gaps, drops], [[], []]);
  });

  test("brings binary as it was, and what looks like a control frame", async () => {
    await connect(proxy.ws("/ws/echo"));
    const texts = ["\0", "\0\0", '\0{"type":"bye"}', "\0x", "x\0"];
    proxy.hold();
    await page.run((texts) => {
      for (const text of texts) client.send(text);
      const bytes = new Uint8Array([0, 123, 0]);
      client.send(bytes);
      bytes.fill(9); // it is what it was when it was sent
      return null;
    }, texts);
    proxy.cut();
    await heard(6);
    const { said, bytes } = await page.run(() => ({ said: heard.slice(0, 5), bytes: [...new Uint8Array(heard[5])] }));
    assert.deepEqual(said, texts);
    assert.deepEqual(bytes, [0, 123, 0]);
  });

  test("keeps the promise of what is to be acknowledged when the server has it, and not before", async () => {
    await connect(proxy.ws("/ws/echo"));
    proxy.hold();
    await page.run(() => {
      globalThis.settled = [];
      client.send("handed over").then(() => settled.push("handed over"));
      client.send("acknowledged", { acknowledged: true }).then(() => settled.push("acknowledged"));
      return null;
    });
    assert.deepEqual(await page.run(() => settled), ["handed over"]);
    proxy.cut();
    await until("it is acknowledged", () => page.run(() => settled.length === 2));
    await heard(2);
  });

  test("that is over says what was not acknowledged, and how far the server's messages came", async () => {
    const other = await startServer();
    await connect(proxy.ws("/ws/echo"));
    await page.run(async () => {
      const back = next(client, "message");
      await client.send("arrives", { acknowledged: true });
      await back;
      return null;
    });
    proxy.hold();
    await page.run(() => {
      globalThis.outcome = client.send("perhaps", { acknowledged: true }).catch(({ code }) => code);
      return null;
    });
    proxy.port = portOf(other);
    proxy.cut();
    await opened(2);
    const seen = await page.run(async () => ({
      outcome: await outcome, gaps, opens, downs: entries.filter(([type]) => type === "down").map(([, down]) => down.unconfirmed),
      drops: entries.filter(([type]) => type === "drop").map(([, drop]) => drop.reason),
    }));
    assert.deepEqual(seen, {
      outcome: "dropped/unconfirmed", gaps: [{ received: 1, missed: null }], opens: [false, false],
      downs: [{ messages: 1, bytes: 14 }], drops: ["unconfirmed"],
    });
    await other.stop();
  });

  test("signs in by the protocol's own frame, and goes on signed in", async () => {
    await page.run(
      async (url) => {
        const { token: issued } = await (await fetch("/token?ttl=60")).json();
        const token = () => issued;
        globalThis.heard = [];
        globalThis.opens = [];
        globalThis.client = new everwire.Client(url, { session: true, reconnect: quick, auth: { via: "message", token } });
        client.addEventListener("open", ({ resumed }) => opens.push(resumed));
        client.addEventListener("message", ({ data }) => heard.push(data));
        await client.opened;
        client.send("one");
        return null;
      },
      proxy.ws("/ws/token?via=message"),
    );
    await heard(1);
    proxy.cut();
    await opened(2);
    await page.run(() => void client.send("two"));
    await heard(2);
    assert.deepEqual(await page.run(() => [heard, opens]), [["one", "two"], [false, true]]);
  });

  test("comes to an end for the server as well: close() says bye, and waits for the last acknowledgement", async () => {
    await connect(proxy.ws("/ws/echo"));
    const { outcomes, close } = await page.run(async () => {
      const sent = Array.from({ length: 100 }, (_, number) => client.send(`${number}`, { acknowledged: true }));
      const { code, wasClean } = await client.close();
      return { outcomes: (await Promise.allSettled(sent)).map(({ status }) => status), close: { code, wasClean } };
    });
    assert.deepEqual(close, { code: 1000, wasClean: true });
    assert.deepEqual(new Set(outcomes), new Set(["fulfilled"]));
  });

  test("tries the next of several addresses when one fails", async () => {
    const gone = await startCuttingProxy(null);
    await connect([gone.ws("/ws/echo"), proxy.ws("/ws/echo")]);
    assert.equal(await page.run(() => client.url), proxy.ws("/ws/echo"));
  });

  test("is done without where the server does not speak it, unless it is required", async () => {
    const { resumed } = await connect(proxy.ws("/ws/hello"), { connectTimeout: 5_000 });
    assert.deepEqual(resumed, [false]);
    const error = await page.run(
      async (url) => {
        const client = new everwire.Client(url, { session: { required: true }, reconnect: quick });
        const { error } = await next(client, "error");
        await client.close();
        return error.code;
      },
      proxy.ws("/ws/hello"),
    );
    // Chromium fails such a handshake by itself
    assert.ok(["unavailable/session", "unavailable/connect"].includes(error), error);
  });

  test("its id is shown to nobody, not even in a trace", async () => {
    const lines = await page.run(async (url) => {
      const lines = [];
      const client = new everwire.Client(url, { session: true, reconnect: quick, trace: (entry) => lines.push(entry) });
      await client.opened;
      await client.send("text", { acknowledged: true });
      await client.close();
      return JSON.stringify(lines);
    }, proxy.ws("/ws/echo"));
    const [, id] = /"session":"([\w-]+)"/.exec(proxy.heard);
    assert.ok(id.length >= 22 && lines.includes("welcome") && !lines.includes(id));
  });

  test("under the browser's own class, WebSocket.with({ session: true }) loses nothing either", async () => {
    await page.run(async (url) => {
      const Layered = everwire.WebSocket.with({ session: true, reconnect: quick });
      globalThis.socket = new Layered(url);
      globalThis.heard = [];
      globalThis.opens = [];
      socket.onmessage = ({ data }) => heard.push(data);
      socket.onopen = () => opens.push(true);
      await next(socket, "open");
      for (let number = 0; number < 100; number += 1) socket.send(`${number}`);
      return null;
    }, proxy.ws("/ws/echo"));
    proxy.cut();
    await heard(100);
    assert.deepEqual(await page.run(() => heard), Array.from({ length: 100 }, (_, number) => `${number}`));
  });

  test("what cannot be asked for is refused", async () => {
    const thrown = await page.run((url) => {
      const codeOf = (attempt) => {
        try {
          attempt();
          return "nothing";
        } catch ({ code, message }) {
          return `${code}: ${message}`;
        }
      };
      return [
        codeOf(() => new everwire.Client(url, { session: true, reconnect: false })),
        codeOf(() => new everwire.Client(url, { session: "yes" })),
        codeOf(() => new everwire.Client(url, { session: { required: 1 } })),
        codeOf(() => new everwire.Client([], {})),
        codeOf(() => new everwire.Client(url).send("text", { acknowledged: true })),
      ];
    }, proxy.ws("/ws/echo"));
    assert.deepEqual(thrown, [
      "misuse/option: session must be off where reconnect is off",
      "misuse/option: session must be an object",
      "misuse/option: session.required must be true or false",
      "misuse/option: url must be at least one",
      "misuse/option: acknowledged needs the option session",
    ]);
  });
});

function portOf(server) { return Number(new URL(server.url).port); }
