// How do the two entries load: from where, when, and what do they say when they cannot?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

const FROM = [
  "nothing, from the file beside it", "an address", "a URL", "a Request", "a Response", "bytes", "a view of bytes",
  "a compiled module", "a Response of another type", "a Response of no type",
];

describe("loading", () => {
  const page = consumerPage();
  beforeEach(async () => {
    await page.open({ init: false });
    await page.run(prepare);
  });

  for (const from of FROM) {
    test(`everwire/slim loads from ${from}`, async () => {
      const answer = await page.run(async (from) => {
        const loaded = await everwire.init(await sources[from]());
        return [loaded === undefined, everwire.closeCodeName(1001)];
      }, from);
      assert.deepEqual(answer, [true, "Going Away"]);
    });
  }

  test("everwire/slim loads once, however often and from wherever it is asked to at the same time", async () => {
    const answer = await page.run(async () => {
      const { init } = everwire;
      const [first, second] = [init(), init("/pkg/nothing")];
      await Promise.all([first, second, init()]);
      const socket = await openSocket("/ws/echo");
      await init("/pkg/nothing");
      socket.send("still the same");
      const { data } = await next(socket, "message");
      return [first === second, data];
    });
    assert.deepEqual(answer, [true, "still the same"]);
  });

  test("everwire/slim says what is wrong with what it was given, and may be tried again", async () => {
    const sentences = await page.run(async () => {
      const page = () => new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } });
      const broken = () => new Response("no module", { headers: { "Content-Type": "application/wasm" } });
      const sentences = [];
      for (const source of ["/pkg/nothing", page(), broken(), new Uint8Array(4), Promise.reject(new Error("no network"))]) {
        sentences.push(await everwire.init(source).then(() => "loaded", (error) => `${error.message} < ${error.cause?.name}`));
      }
      await everwire.init();
      return [...sentences, everwire.closeCodeName(1000)];
    });
    const [missing, html, broken, short, failed, after] = sentences;
    assert.match(missing, /^everwire: http.*\/pkg\/nothing could not be loaded: HTTP 404 </);
    assert.match(html, /^everwire: .*\(text\/html.*\) could not be compiled: .* < CompileError$/);
    assert.match(broken, /^everwire: .*\(application\/wasm\) could not be compiled: .* < CompileError$/);
    assert.match(short, /\w/);
    assert.match(failed, /^no network </);
    assert.equal(after, "Normal Closure");
  });

  /** What is compiled while `body` runs over the module that carries its WebAssembly. */
  async function compiled(body) {
    const atImport = await page.run(() => import("/pkg/embedded.js").then((module) => ((globalThis.embedded = module), compilations)));
    const answer = await page.run(body);
    return { atImport, count: await page.run(() => compilations), answer };
  }

  test("everwire is compiled at its first use, and not when it is imported", async () => {
    const outcome = await compiled(async () => {
      const { WebSocket, Client, closeCodeName, EverwireError } = embedded;
      const socket = new WebSocket("/ws/echo");
      const client = new Client("/ws/echo");
      await next(socket, "open");
      socket.send("nothing to await");
      const { data } = await next(socket, "message");
      await client.opened;
      await client.close();
      return [data, closeCodeName(1001), EverwireError.name];
    });
    assert.deepEqual(outcome, { atImport: 0, count: 1, answer: ["nothing to await", "Going Away", "EverwireError"] });
  });

  test("everwire may be told to load before, by init() and initSync(), with whatever they are given", async () => {
    const outcome = await compiled(async () => {
      const { default: init, initSync, closeCodeName } = embedded;
      const loaded = await init("/pkg/nothing");
      initSync(new Uint8Array());
      return [loaded === undefined, closeCodeName(1001)];
    });
    assert.deepEqual(outcome, { atImport: 0, count: 1, answer: [true, "Going Away"] });
  });

  test("everwire and everwire/slim stand side by side, each with its own", async () => {
    const outcome = await compiled(async () => {
      const { WebSocket } = embedded;
      const socket = new WebSocket("/ws/echo");
      await next(socket, "open");
      await everwire.init();
      const other = await openSocket("/ws/echo");
      socket.send("one");
      other.send("two");
      const both = await Promise.all([next(socket, "message"), next(other, "message")]);
      return [...both.map(({ data }) => data), WebSocket === everwire.WebSocket];
    });
    assert.deepEqual(outcome.answer, ["one", "two", false]);
  });
});

/** Runs in the page. What a WebAssembly can come from, by its words; and how often one is compiled. */
function prepare() {
  const address = "/pkg/everwire_bg.wasm";
  const bytes = () => fetch(address).then((response) => response.arrayBuffer());
  globalThis.sources = {
    "nothing, from the file beside it": () => undefined,
    "an address": () => address,
    "a URL": () => new URL(address, location.href),
    "a Request": () => new Request(address),
    "a Response": () => fetch(address),
    "bytes": bytes,
    "a view of bytes": async () => new Uint8Array(await bytes()),
    "a compiled module": async () => WebAssembly.compile(await bytes()),
    // as from a server that does not know what .wasm is
    "a Response of another type": async () => new Response(await bytes(), { headers: { "Content-Type": "text/plain" } }),
    "a Response of no type": async () => new Response(await bytes()),
  };
  globalThis.compilations = 0;
  WebAssembly.Module = new Proxy(WebAssembly.Module, {
    construct(target, given) {
      compilations += 1;
      return new target(...given);
    },
  });
  return null;
}
