// Can the package be imported where there is no page: on a server that renders pages, or where there is nothing at all?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { root } from "../webdriver/environment.mjs";

const NAMES = ["Client", "EverwireError", "WebSocket", "closeCodeName", "default", "initSync"];

for (const [entry, file] of [["everwire", "embedded.js"], ["everwire/slim", "everwire.js"]]) {
  describe(`importing ${entry}`, () => {
    test("gives the names that are promised, and changes no global", async () => {
      const answer = await runInNode(`
        const globals = () => new Map(Reflect.ownKeys(globalThis).map((key) => [key, globalThis[key]]));
        globals(); // some of them Node makes when they are looked at
        const before = globals();
        const names = Object.keys(await import(${JSON.stringify(entry)})).sort();
        const isNew = ([key, value]) => !before.has(key) || !Object.is(before.get(key), value);
        console.log(JSON.stringify({ names, changed: [...globals()].filter(isNew).map(([key]) => String(key)) }));
      `);
      assert.deepEqual(answer, { names: NAMES, changed: [] });
    });

    test("fetches, decodes and compiles nothing, and asks for no page", async () => {
      const answer = await runInNode(`
        const asked = new Set();
        for (const name of ["fetch", "atob", "WebSocket", "WebAssembly", "document", "window", "self", "location"]) {
          Object.defineProperty(globalThis, name, { get: () => void asked.add(name) });
        }
        await import(${JSON.stringify(entry)});
        console.log(JSON.stringify([...asked]));
      `);
      assert.deepEqual(answer, ["WebSocket"], "which is remembered, should the page put ours into its place");
    });

    test("works in a realm that has little more than the language", async () => {
      const answer = await runInNode(`
        import { readFileSync } from "node:fs";
        import { createContext, SourceTextModule } from "node:vm";
        const realm = createContext({ EventTarget, TextDecoder, TextEncoder });
        const source = readFileSync(${JSON.stringify(`node_modules/everwire/${file}`)}, "utf8");
        const module = new SourceTextModule(source, { context: realm });
        await module.link(() => { throw new Error("it imports something"); });
        await module.evaluate();
        console.log(JSON.stringify(Object.keys(module.namespace).sort()));
      `, "--experimental-vm-modules");
      assert.deepEqual(answer, NAMES);
    });

    test("is possible by require()", { skip: !process.features.require_module && "Node before 20.19" }, async () => {
      const answer = await runInNode(`
        import { createRequire } from "node:module";
        const everwire = createRequire(process.cwd() + "/any.cjs")(${JSON.stringify(entry)});
        console.log(JSON.stringify(Object.keys(everwire).filter((name) => name !== "__esModule").sort()));
      `);
      assert.deepEqual(answer, NAMES);
    });

    test("is no hindrance to rendering on a server: what is imported and not used costs nothing", async () => {
      const answer = await runInNode(`
        const before = WebAssembly.Module;
        let compiled = 0;
        WebAssembly.Module = class extends before { constructor(bytes) { super(bytes); compiled += 1; } };
        const { WebSocket, Client } = await import(${JSON.stringify(entry)});
        const Chat = () => ({ open: () => new Client("/chat"), html: "<p>a chat, " + typeof WebSocket + "</p>" });
        console.log(JSON.stringify([Chat().html, compiled]));
      `);
      assert.deepEqual(answer, ["<p>a chat, function</p>", 0]);
    });
  });
}

test("a class of everwire/slim says in Node, too, that init() is missing", async () => {
  const answer = await runInNode(`
    const { WebSocket } = await import("everwire/slim");
    let sentence;
    try { new WebSocket("ws://127.0.0.1:9/"); } catch (error) { sentence = error.message; }
    console.log(JSON.stringify(sentence));
  `);
  assert.match(answer, /^everwire is not loaded yet: `await init\(\)` first/);
});

test("where there is no WebSocket, each class says so at once", async () => {
  const answer = await runInNode(`
    const { Client, WebSocket } = await import("everwire");
    const said = [WebSocket, Client, WebSocket.with({ reconnect: true })].map((Class) => {
      try { return new Class("ws://127.0.0.1:9/").url; } catch ({ code, message }) { return { code, message }; }
    });
    console.log(JSON.stringify(said));
  `, "--no-experimental-websocket");
  for (const { message } of answer) assert.match(message, /there is no WebSocket in this environment/);
  for (const { code, message } of answer.slice(1)) {
    assert.equal(code, "misuse/no-websocket");
    assert.match(message, /the option WebSocket$/, "what to do");
  }
});

/** Runs `script` as a module in a Node of its own, in a project that has the package, and gives back the JSON that it prints. */
async function runInNode(script, ...options) {
  const evaluate = ["--no-warnings", ...options, "--input-type=module", "--eval", script];
  const cwd = join(root, "target/consumers/runtimes");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, evaluate, { cwd });
  assert.equal(stderr, "", "nothing is complained about");
  return JSON.parse(stdout);
}
