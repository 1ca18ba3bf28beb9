// What do projects of every kind make of the package?
//
// `node tests/package/consumers/build.mjs` packs pkg/ as npm would publish it, installs it in each project below and has each
// project's own tool build it, in target/consumers/. Once for all browsers: the page tests only serve what is there.
// wasm-pack and wasm-bindgen must be on PATH. Nothing is asked of the network, but crates that cargo has not yet.

import { execFile } from "node:child_process";
import { cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * Each application: `of` which folders here it is put together, later ones over earlier ones; what its user types, `run`,
 * by the npm package of the tool, and before it, `check`; and what its user copies beside the built scripts, `beside`.
 */
const PROJECTS = {
  plain: { of: ["app", "plain"] },
  vite: { of: ["app", "vite"], run: ["vite", "build"] },
  "vite-previous": { of: ["app", "vite", "vite-previous"], run: ["vite-previous", "build"] },
  webpack: {
    of: ["app", "webpack"],
    run: ["webpack-cli", "build", "--fail-on-warnings"],
    beside: ["embedded.html", "slim.html", "worker.html", "unused.html"],
  },
  rollup: {
    of: ["app", "rollup"],
    run: ["rollup", "--config"],
    beside: ["embedded.html", "slim.html", "unused.html", "node_modules/everwire/everwire_bg.wasm"],
  },
  esbuild: {
    of: ["app", "esbuild"],
    run: ["esbuild", "embedded.js", "slim.js", "slim-by-url.js", "unused.js", "--bundle", "--minify", "--format=esm",
      "--loader:.wasm=file", "--outdir=dist", "--log-level=warning"],
    beside: ["embedded.html", "slim.html", "slim-by-url.html", "unused.html", "node_modules/everwire/everwire_bg.wasm"],
  },
  // a policy forbids scripts within the page, import maps, too
  guarded: {
    of: ["app", "rollup", "guarded"],
    run: ["rollup", "--config"],
    beside: ["node_modules/everwire/everwire_bg.wasm"],
  },
  // a script of the old kind: what a worker without `type: "module"` loads
  workers: {
    of: ["app", "workers"],
    run: ["esbuild", "embedded.js", "--bundle", "--format=iife", "--outfile=worker-classic.js", "--log-level=warning"],
  },
  typescript: { of: ["plain", "typescript"], run: ["typescript"] },
  // what people copy
  "example-plain": { of: ["../../../examples/plain"] },
  "example-react": { of: ["../../../examples/react"], check: ["typescript"], run: ["vite", "build"] },
  "example-vue": { of: ["../../../examples/vue"], run: ["vite", "build"] },
  "example-svelte": { of: ["../../../examples/svelte"], run: ["vite", "build"] },
  // programs without a page; ../../runtimes runs them
  runtimes: { of: ["runtimes"] },
};

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../../..");
const out = join(root, "target/consumers");
const require = createRequire(import.meta.url);
const run = promisify(execFile);
/** How esbuild marks one, and how Rollup and Vite do. */
const WARNING = /\[WARNING\]|\(!\)/;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
// the tools, as in a repository of many packages; everwire itself is in each project, and nowhere else
await symlink(join(root, "tests/node_modules"), join(out, "node_modules"), "dir");
const everwire = await unpack(await pack());
const builds = Object.entries(PROJECTS).map(([name, project]) => build(name, project));
const rust = [buildRust(), buildRustExamples()];
const failures = (await Promise.allSettled([...builds, ...rust])).filter(({ status }) => status === "rejected");
for (const { reason } of failures) console.error(reason.message, reason.stdout ?? "");
process.exitCode = failures.length === 0 ? 0 : 1;

/** What `npm publish` would send. */
async function pack() {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", out, join(root, "pkg")]);
  const [{ filename }] = JSON.parse(stdout);
  await rename(join(out, filename), join(out, "everwire.tgz")); // one name, whatever the version
  return join(out, "everwire.tgz");
}

/** As npm unpacks it. */
async function unpack(tarball) {
  await run("tar", ["-xzf", tarball, "-C", out]);
  return join(out, "package");
}

async function build(name, { of, check = [], run: typed = [], beside = [] }) {
  const cwd = join(out, name);
  for (const folder of of) await cp(join(here, folder), cwd, { recursive: true });
  await cp(everwire, join(cwd, "node_modules/everwire"), { recursive: true });
  for (const [tool, ...options] of [check, typed].filter(({ length }) => length > 0)) {
    const { stderr } = await run(process.execPath, [program(tool), ...options], { cwd });
    if (WARNING.test(stderr)) throw new Error(`${name}: built, but with a warning: ${stderr}`);
  }
  for (const file of beside) await cp(join(cwd, file), join(cwd, "dist", file.split("/").at(-1)));
}

/** The script that npm would run for the tool: the first of its programs. */
function program(tool) {
  const file = require.resolve(`${tool}/package.json`);
  const { bin } = require(file);
  return join(dirname(file), typeof bin === "string" ? bin : Object.values(bin)[0]);
}

/** The crate is not published: an application depends on it by path, and is built where that path leads to it. */
async function buildRust() {
  const pkg = join(out, "rust-app/pkg");
  const app = join(here, "rust-app");
  await mkdir(pkg, { recursive: true });
  const typed = ["build", "--target", "web", "--no-pack", "--out-dir", pkg, "--mode", "no-install", app];
  await run("wasm-pack", [...typed, "--", "--locked"], { env: asDependant("target/rust-app") });
  await cp(join(app, "index.html"), join(out, "rust-app/index.html"));
}

/** What people copy, by what they type without trunk and dx; together, since most of the time goes into what they share. */
async function buildRustExamples() {
  const examples = join(root, "examples");
  const env = asDependant("target/examples");
  const { stderr } = await run("cargo", ["build", "--locked", "--target", "wasm32-unknown-unknown"], { cwd: examples, env });
  if (/^warning/m.test(stderr)) throw new Error(`the examples in Rust: built, but with a warning: ${stderr}`);
  for (const name of ["leptos", "yew", "dioxus"]) {
    const module = join(env.CARGO_TARGET_DIR, `wasm32-unknown-unknown/debug/example-${name}.wasm`);
    const folder = join(out, `example-${name}`);
    await run("wasm-bindgen", ["--target", "web", "--out-dir", join(folder, "pkg"), module]);
    await cp(join(examples, name, "index.html"), join(folder, "index.html"));
  }
}

/** An empty RUSTFLAGS hides what .cargo/config.toml sets for the npm package. */
function asDependant(target) {
  const { CARGO_ENCODED_RUSTFLAGS: _, ...env } = process.env;
  return { ...env, RUSTFLAGS: "", CARGO_TARGET_DIR: join(root, target) };
}
