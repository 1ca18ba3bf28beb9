// Is what the pages for users say true: their samples, their links, their lists?

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { root } from "../webdriver/environment.mjs";
import { reference } from "./api-page.mjs";
import { anchorsOf, codeOf, linksOf, samplesOf } from "./markdown.mjs";

const require = createRequire(import.meta.url);
const MADE_FROM_HERE = "<!-- From here on made of src/js/types.d.ts by tests/runtimes/docs.test.mjs. -->";

describe("the pages for users", () => {
  let pages;
  let project;

  /** A program of its own that has the package installed. */
  before(async () => {
    pages = await readPages(await forUsers());
    project = await mkdtemp(join(tmpdir(), "everwire-docs-"));
    await cp(join(root, "target/consumers/package"), join(project, "node_modules/everwire"), { recursive: true });
    // what samples build upon; everwire itself is the package
    const modules = join(root, "tests/node_modules");
    for (const name of await readdir(modules)) await symlink(join(modules, name), join(project, "node_modules", name), "junction");
    await writeFile(join(project, "package.json"), JSON.stringify({ type: "module" }));
  });
  after(() => rm(project, { recursive: true, force: true }));

  test("each sample in JavaScript and TypeScript compiles, strictly", async () => {
    const files = [];
    for (const sample of scripts(pages).filter(({ runs }) => !runs)) {
      const file = `${sample.page.replace(/\W/g, "-")}-${sample.line}.ts`;
      // one line above the sample, so that a complaint's line is the sample's and one
      await writeFile(join(project, file), `${sample.given.replace(/\s+/g, " ")}\n${sample.text}\nexport {};\n`);
      files.push(file);
    }
    assert.ok(files.length > 10, "the samples are found");
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
    assert.equal(await complaints(tsc, ...STRICT, ...files), "");
  });

  test("each sample that can run does, in Node, and ends", async () => {
    const running = scripts(pages).filter(({ runs }) => runs);
    assert.ok(running.length > 0, "there is one");
    for (const { page, line, text } of running) {
      const file = `${page.replace(/\W/g, "-")}-${line}.mjs`;
      await writeFile(join(project, file), text);
      assert.equal(await complaints(file), "", `${page}:${line}`);
    }
  });

  test("each sample names its language, so that rustdoc does not take it for Rust", () => {
    for (const [page, text] of pages) {
      for (const { language, line } of samplesOf(text)) assert.notEqual(language, "", `${page}:${line}`);
    }
  });

  test("each link within the repository leads somewhere, and so does its anchor", async () => {
    let followed = 0;
    for (const [page, text] of new Map([...pages, ...await readPages(await besides())])) {
      for (const link of linksOf(text)) {
        if (/^[a-z]+:/.test(link)) continue; // elsewhere: tests stay at home
        const [path, anchor] = link.split("#");
        const target = path ? resolve(root, dirname(page), path) : resolve(root, page);
        await assert.doesNotReject(stat(target), `${page}: ${link}`);
        if (anchor) assert.ok(anchorsOf(await readFile(target, "utf8")).includes(anchor), `${page}: no heading for ${link}`);
        followed += 1;
      }
    }
    assert.ok(followed > 20, "the links are found");
  });

  test("API says of each member what the types say", async () => {
    const [intro, made] = pages.get("docs/API.md").split(MADE_FROM_HERE);
    const types = await readFile(join(project, "node_modules/everwire/everwire.d.ts"), "utf8");
    const lines = reference(types.replaceAll("\r\n", "\n"));
    const now = `\n${lines.join("\n")}\n`;
    if (process.env.EVERWIRE_ACCEPT) await writeFile(join(root, "docs/API.md"), `${intro}${MADE_FROM_HERE}${now}`);
    else {
      // line by line: a difference of two whole pages is nothing that anybody reads
      const [old, lines] = [made.split("\n"), now.split("\n")];
      const differs = lines.findIndex((line, at) => line !== old[at]);
      const said = "docs/API.md is behind src/js/types.d.ts: run this test with EVERWIRE_ACCEPT=1";
      assert.deepEqual([old[differs], old.length], [lines[differs], lines.length], said);
    }
  });

  test("TROUBLESHOOTING has each error code, and none that there is not", async () => {
    const list = await readFile(join(root, "tests/surface/error-codes.txt"), "utf8");
    const codes = list.split(/\r?\n/).filter((line) => /^[a-z-]+\/[a-z-]+$/.test(line));
    const named = codeOf(pages.get("docs/TROUBLESHOOTING.md")).filter((code) => /^(misuse|refused|unavailable|dropped)\/[a-z]/.test(code));
    assert.deepEqual([...new Set(named)].sort(), codes.sort());
  });

  /** What a program of Node's says. */
  async function complaints(...args) {
    const run = promisify(execFile)(process.execPath, args, { cwd: project, timeout: 60_000 });
    return run.then(
      () => "",
      ({ stdout, stderr, message }) => stdout || stderr || message,
    );
  }
});

/** By their paths from the root. */
async function readPages(files) {
  const read = async (file) => [file, (await readFile(join(root, file), "utf8")).replaceAll("\r\n", "\n")];
  return new Map(await Promise.all(files.map(read)));
}

/** README and what is in docs/: their samples are tried, too. */
const forUsers = async () => ["README.md", ...await markdownIn("docs")];

/** What else is written to be read. */
async function besides() {
  const examples = await readdir(join(root, "examples"), { withFileTypes: true });
  const folders = ["", "tests", "server", "npm", "examples", ...examples.filter((it) => it.isDirectory()).map(({ name }) => `examples/${name}`)];
  return (await Promise.all(folders.map(markdownIn))).flat();
}

async function markdownIn(folder) {
  const names = await readdir(join(root, folder));
  return names.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
}

function scripts(pages) {
  return [...pages].flatMap(([page, text]) =>
    samplesOf(text)
      .filter(({ language }) => ["js", "ts"].includes(language))
      .map((sample) => ({ page, ...sample })),
  );
}

/** As strict as there is; the package's declarations are checked by types.test.mjs. */
const STRICT = [
  "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--verbatimModuleSyntax", "--isolatedModules",
  "--noPropertyAccessFromIndexSignature", "--noEmit", "--target", "es2022", "--lib", "es2022,dom", "--skipLibCheck",
  "--module", "esnext", "--moduleResolution", "bundler",
];
