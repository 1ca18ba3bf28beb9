// Does the package work in runtimes that are no browser: Node, Deno and Bun? Each runs a program of consumers/runtimes/.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { promisify } from "node:util";
import { root } from "../webdriver/environment.mjs";
import { openRoom } from "../webdriver/room.mjs";

const cwd = join(root, "target/consumers/runtimes");

/** What its user types before the program's name. */
const RUNTIMES = {
  // Node 20 has its WebSocket behind a flag, and calls it experimental
  Node: [process.execPath, "--experimental-websocket", "--no-warnings"],
  Deno: [installed("@deno", "deno"), "run", "--node-modules-dir=manual", "--allow-net", "--allow-read", "--allow-env"],
  Bun: [installed("@oven", "bin/bun"), "run"],
};

describe("a program without a page", () => {
  let room;
  before(async () => (room = await openRoom()));

  for (const [runtime, [command, ...options]] of Object.entries(RUNTIMES)) {
    for (const program of ["own", "injected", "slim"]) {
      test(`chats and ends: ${runtime}, ${program}.js`, async () => {
        const name = `${runtime} ${program}`;
        const typed = [...options, `${program}.js`, room.address, name];
        const { stdout, stderr } = await promisify(execFile)(command, typed, { cwd, timeout: LIMIT });
        await room.hears(name);
        assert.deepEqual([stdout, stderr], ["1000 until next time\n", ""]);
      });
    }
  }

  test("chats and ends: Node without a WebSocket of its own, injected.js", async () => {
    const options = ["--no-experimental-websocket", "injected.js", room.address, "nothing global"];
    const { stdout } = await promisify(execFile)(process.execPath, options, { cwd, timeout: LIMIT });
    await room.hears("nothing global");
    assert.equal(stdout, "1000 until next time\n");
  });
});

/** A binary that npm brought as an optional dependency, the one for this machine: no install script runs here. */
function installed(scope, binary) {
  const scoped = join(root, "tests/node_modules", scope);
  return join(scoped, readdirSync(scoped)[0], binary);
}

/** 20 s: it takes one; a runtime that hangs is ended. */
const LIMIT = 20_000;
