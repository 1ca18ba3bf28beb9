// Do the package's types serve a strict TypeScript program, and refuse what is wrong?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pkg } from "../webdriver/environment.mjs";

const require = createRequire(import.meta.url);

/** README's one JavaScript example. */
async function readmeScript() {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)];
  assert.equal(blocks.length, 1, "README has one example in JavaScript");
  return blocks[0][1];
}

describe("types", () => {
  let project;

  /** A program of its own that has the package installed. */
  before(async () => {
    project = await mkdtemp(join(tmpdir(), "everwire-types-"));
    await mkdir(join(project, "node_modules"));
    await cp(pkg, join(project, "node_modules/everwire"), { recursive: true });
    await cp(fileURLToPath(new URL("consumer.ts", import.meta.url)), join(project, "consumer.ts"));
    await cp(fileURLToPath(new URL("consumer-in-worker.ts", import.meta.url)), join(project, "consumer-in-worker.ts"));
    await writeFile(join(project, "readme.ts"), await readmeScript());
    await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  });
  after(() => rm(project, { recursive: true, force: true }));

  /** Runs a compiler over `file` and gives back what it complains about. */
  async function check(compiler, file, ...options) {
    const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), "bin/tsc");
    const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
    const target = ["--target", "es2022", ...options];
    const run = promisify(execFile)(process.execPath, [tsc, ...strict, ...target, file], { cwd: project });
    return run.then(
      ({ stdout }) => stdout,
      ({ stdout, message }) => stdout || message,
    );
  }

  for (const compiler of ["typescript", "typescript-oldest"]) {
    const { version } = require(`${compiler}/package.json`);
    for (const [module, resolution] of [["esnext", "bundler"], ["nodenext", "nodenext"]]) {
      const modules = ["--module", module, "--moduleResolution", resolution];
      test(`a strict program compiles, and its mistakes do not: TypeScript ${version}, ${resolution}`, async () => {
        assert.equal(await check(compiler, "consumer.ts", ...modules, "--lib", "es2022,dom"), "");
      });
      test(`README's JavaScript compiles: TypeScript ${version}, ${resolution}`, async () => {
        assert.equal(await check(compiler, "readme.ts", ...modules, "--lib", "es2022,dom"), "");
      });
      test(`in a worker's types, too: TypeScript ${version}, ${resolution}`, async () => {
        assert.equal(await check(compiler, "consumer-in-worker.ts", ...modules, "--lib", "es2022,webworker"), "");
      });
    }
  }
});
