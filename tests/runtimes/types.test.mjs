// Do the package's types serve a strict TypeScript program, and refuse what is wrong, in every compiler that is promised?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { root } from "../webdriver/environment.mjs";

const require = createRequire(import.meta.url);
const COMPILERS = ["typescript-oldest", "typescript-5.8", "typescript-5.9", "typescript-6", "typescript"];
/** What each of them is asked for; node16, which resolves as nodenext does, by one of them alone. */
const RESOLUTIONS = {
  // the declarations are the same however they are found: checking them, and the compiler's own, once is enough
  bundler: ["--module", "esnext", "--moduleResolution", "bundler", "--skipLibCheck", "false"],
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext", "--skipLibCheck"],
  node16: ["--module", "node16", "--moduleResolution", "node16", "--skipLibCheck"],
};

describe("types", { concurrency: 4 }, () => {
  let project;

  /** A program of its own that has the package installed. */
  before(async () => {
    project = await mkdtemp(join(tmpdir(), "everwire-types-"));
    await cp(join(root, "target/consumers/package"), join(project, "node_modules/everwire"), { recursive: true });
    for (const file of ["consumer.ts", "consumer-in-worker.ts"]) {
      const source = await readFile(new URL(file, import.meta.url), "utf8");
      await writeFile(join(project, file), source);
      await writeFile(join(project, `slim-${file}`), source.replaceAll('from "everwire"', 'from "everwire/slim"'));
    }
    for (const [name, text] of await readmeScripts()) await writeFile(join(project, name), text);
    await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  });
  after(() => rm(project, { recursive: true, force: true }));

  for (const compiler of COMPILERS) {
    const { version } = require(`${compiler}/package.json`);
    for (const [resolution, modules] of Object.entries(RESOLUTIONS)) {
      if (resolution === "node16" && compiler !== COMPILERS[0]) continue;
      test(`what is right compiles, and what is wrong does not: TypeScript ${version}, ${resolution}`, async () => {
        const files = ["consumer.ts", "slim-consumer.ts", ...[...await readmeScripts()].map(([name]) => name)];
        assert.equal(await complaints(compiler, ...modules, "--lib", "es2022,dom", ...files), "");
      });
      test(`in a worker, too: TypeScript ${version}, ${resolution}`, async () => {
        const files = ["consumer-in-worker.ts", "slim-consumer-in-worker.ts"];
        assert.equal(await complaints(compiler, ...modules, "--lib", "es2022,webworker", ...files), "");
      });
    }
  }

  /** What a compiler says of these files. */
  async function complaints(compiler, ...options) {
    const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), "bin/tsc");
    const run = promisify(execFile)(process.execPath, [tsc, ...STRICT, ...options], { cwd: project });
    return run.then(
      ({ stdout }) => stdout,
      ({ stdout, message }) => stdout || message,
    );
  }
});

/** README's examples in JavaScript, a file each. */
async function readmeScripts() {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)];
  assert.ok(blocks.length > 0, "README has an example in JavaScript");
  return new Map(blocks.map(([, text], number) => [`readme-${number}.ts`, text]));
}

/** As strict as there is. */
const STRICT = [
  "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--verbatimModuleSyntax", "--isolatedModules",
  "--noPropertyAccessFromIndexSignature", "--noEmit", "--target", "es2022",
];
