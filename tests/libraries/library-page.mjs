// How does a test open a page that gives a library our class, and what is the same for each library?
//
// pages/NAME.js is the page, as its author writes it; it is bundled with the package as published and with the library as
// the registry has it.

import assert from "node:assert/strict";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { openBrowser } from "../webdriver/browser.mjs";
import { browser, pkg, root } from "../webdriver/environment.mjs";
import { serveFiles } from "../webdriver/files.mjs";
import { until } from "../webdriver/until.mjs";

/** The five of the issue that these tests answer: enough that what is left over once by each would be seen. */
export const CUTS = 5;

/** A browser with the page `name` for the tests of one suite; call it inside `describe`. */
export function libraryPage(name) {
  const page = {
    /** The page, freshly loaded. It has a function for each way of giving the class; `way` is called with `values`. */
    async start(way, ...values) {
      await page.browser.driver.get(`${page.files.url}/index.html`);
      await until("the page's script has run", () => page.run(() => "ways" in globalThis));
      await page.run((way, values) => void globalThis.ways[way](...values), way, values);
    },

    /** Calls `body` in the page, with `values` handed over, and gives back what it answers. */
    run: (body, ...values) => page.browser.run(body, values),

    /** Resolves once what the page has `seen`, in its order, has what `last` says at its end. */
    async sees(last) {
      const seen = () => page.run(() => globalThis.seen);
      const describe = async () => `the page has ${JSON.stringify(await seen())}`;
      await until(`the page sees ${last}`, async () => (await seen()).at(-1) === last, { describe });
    },
  };
  before(async () => {
    page.files = await serveFiles(await bundle(name));
    page.browser = await openBrowser();
  });
  return page;
}

/** Five cuts left one socket, each was followed by one attempt, and what the page saw is `expected`: all of it, once. */
export async function cameBackOnce(page, proxy, expected) {
  await until("one socket is live", () => proxy.live === 1, { describe: async () => `${proxy.live} are` });
  assert.deepEqual(await page.run(() => globalThis.seen), expected);
  assert.equal(proxy.made, 1 + CUTS, "one connection to begin with, and one for each cut");
}

/** What a user's build makes of the page, in a folder of its own. */
async function bundle(name) {
  const out = join(root, "target/libraries", browser, name); // the engines are driven at the same time
  const modules = join(out, "node_modules");
  await rm(out, { recursive: true, force: true });
  await mkdir(modules, { recursive: true });
  await symlink(pkg, join(modules, "everwire"), "dir"); // the package as installed: by its exports, not by a path
  const entry = fileURLToPath(new URL(`pages/${name}.js`, import.meta.url));
  const { warnings } = await build({
    entryPoints: [entry], bundle: true, format: "esm", outfile: join(out, "page.js"), nodePaths: [modules], logLevel: "silent",
  });
  assert.deepEqual(warnings, []);
  await writeFile(join(out, "index.html"), PAGE);
  return out;
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>A library</title><script type="module" src="./page.js"></script>`;
