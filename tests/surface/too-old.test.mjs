// What does a user see where the engine cannot run the WebAssembly?
//
// Of two kinds: one that has none (Node with --jitless; Safari in Lockdown Mode), and one that lacks what the module needs.
// An engine that is older than the syntax says SyntaxError at the import, before any of our code runs: requirements.txt.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { pkg } from "../webdriver/environment.mjs";

/** What each use of the package throws, in a Node of its own with these options; `before` runs first. */
async function thrownIn({ options = [], before = "" }) {
  const { exports } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
  const addresses = ["." , "./slim"].map((name) => pathToFileURL(join(pkg, exports[name].default)).href);
  const script = `
    ${before}
    const [everwire, slim] = await Promise.all(${JSON.stringify(addresses)}.map((address) => import(address)));
    const uses = {
      "new WebSocket": () => new everwire.WebSocket("ws://127.0.0.1:9/"),
      "new Client": () => new everwire.Client("ws://127.0.0.1:9/"),
      "new Client, again": () => new everwire.Client("ws://127.0.0.1:9/"),
      "init()": () => everwire.default(),
      "init() of slim": () => slim.default(new Uint8Array()),
    };
    const thrown = {};
    for (const [name, use] of Object.entries(uses)) {
      try {
        await use();
        thrown[name] = "nothing";
      } catch (error) {
        thrown[name] = String(error);
      }
    }
    console.log(JSON.stringify(thrown));
  `;
  const words = [...options, "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
}

const everywhere = (thrown, sentence) => assert.deepEqual(new Set(Object.values(thrown)), new Set([sentence]));

test("without WebAssembly the import goes well, and each use says that it is missing", async () => {
  everywhere(await thrownIn({ options: ["--jitless"] }), "ReferenceError: WebAssembly is not defined");
});

test("with a WebAssembly that is too old each use says what the engine says", async () => {
  const before = `
    const old = () => { throw new WebAssembly.CompileError("no such type"); };
    WebAssembly.Module = class { constructor() { old(); } };
    WebAssembly.compile = async () => old();
  `;
  everywhere(await thrownIn({ before }), "CompileError: no such type");
});
