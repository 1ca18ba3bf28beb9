// Can the package be imported where there is no window: in Node, on a server that renders pages?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { pkg } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";

/** Runs `script` as a module in a Node of its own, and gives back the JSON that it prints. */
async function runInNode(script) {
  const address = JSON.stringify(pathToFileURL(join(pkg, "everwire.js")).href);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    "--no-warnings", // Node 20 calls its WebSocket experimental
    "--experimental-websocket",
    "--input-type=module",
    "--eval",
    `const address = ${address};\n${script}`,
  ]);
  assert.equal(stderr, "", "nothing is complained about");
  return JSON.parse(stdout);
}

test("importing it in Node does nothing: no globals, no reading, no error", async () => {
  const answer = await runInNode(`
    const before = Object.getOwnPropertyNames(globalThis);
    let fetched = 0;
    globalThis.fetch = () => { fetched += 1; throw new Error("fetched"); };
    const everwire = await import(address);
    const added = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
    console.log(JSON.stringify({ added, fetched, exports: Object.keys(everwire).sort() }));
  `);
  assert.deepEqual(answer, { added: [], fetched: 0, exports: ["Client", "EverwireError", "WebSocket", "closeCodeName", "default", "initSync"] });
});

test("the class says in Node, too, that init() is missing", async () => {
  const answer = await runInNode(`
    const { WebSocket } = await import(address);
    let sentence;
    try { new WebSocket("ws://127.0.0.1:9/"); } catch (error) { sentence = error.message; }
    console.log(JSON.stringify(sentence));
  `);
  assert.match(answer, /^everwire is not loaded yet: `await init\(\)` first/);
});

test("what needs no browser works in Node once it is loaded from bytes", async () => {
  const answer = await runInNode(`
    import { readFile } from "node:fs/promises";
    const { initSync, closeCodeName } = await import(address);
    initSync(await readFile(new URL("everwire_bg.wasm", address)));
    console.log(JSON.stringify(closeCodeName(1001)));
  `);
  assert.equal(answer, "Going Away");
});

test("over Node's own WebSocket, all four events come, the close with its code", async () => {
  const server = await startServer();
  const answer = await runInNode(`
    import { readFile } from "node:fs/promises";
    const { initSync, WebSocket } = await import(address);
    initSync(await readFile(new URL("everwire_bg.wasm", address)));
    const socket = new WebSocket(${JSON.stringify(server.ws("/ws/echo"))});
    const heard = [];
    socket.onopen = () => { heard.push("open"); socket.send("from Node"); };
    socket.onmessage = ({ data }) => { heard.push(data); socket.close(4000, "done"); };
    const close = await new Promise((resolve) => { socket.onclose = resolve; });
    heard.push(close.type, close.code, close.wasClean);
    console.log(JSON.stringify(heard));
  `);
  assert.deepEqual(answer, ["open", "from Node", "close", 4000, true]);
});
