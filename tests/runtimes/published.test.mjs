// Is what `npm publish` would send what it should be: these files, reached by these names, under every resolution?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root } from "../webdriver/environment.mjs";

const require = createRequire(import.meta.url);
const run = promisify(execFile);
const tarball = join(root, "target/consumers/everwire.tgz");

test("the tarball holds these files and no other", async () => {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  assert.deepEqual(stdout.trim().split("\n").sort(), [
    "package/LICENSE-APACHE",
    "package/LICENSE-MIT",
    "package/README.md",
    "package/embedded.js",
    "package/everwire.d.ts",
    "package/everwire.js",
    "package/everwire_bg.wasm",
    "package/everwire_bg.wasm.d.ts",
    "package/package.json",
  ]);
});

test("publint has no word to say about it", async () => {
  const { publint } = await import("publint");
  const { formatMessage } = await import("publint/utils");
  const { messages, pkg } = await publint({ pkgDir: join(root, "target/consumers/package"), strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test("its types are those of its JavaScript, however they are resolved", async () => {
  const { bin } = require("@arethetypeswrong/cli/package.json");
  const attw = join(dirname(require.resolve("@arethetypeswrong/cli/package.json")), bin.attw ?? bin);
  // esm-only: no CommonJS is in it, and resolution by folders (node10) knows no `exports`; a problem is an exit code
  const { stdout } = await run(process.execPath, [attw, "--profile", "esm-only", "--format", "ascii", tarball]);
  for (const entry of ["", "/slim", "/everwire_bg.wasm"]) assert.ok(stdout.includes(`"everwire${entry}"`), stdout);
});
