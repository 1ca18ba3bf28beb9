// How does the page that is measured come to be?
//
// `node benches/browser/build.mjs OUT PROGRAMS`: bundles page/ into OUT with the package in pkg/, and has wasm-bindgen make
// a module of each of the Rust PROGRAMS (a folder with the .wasm files). wasm-bindgen must be on PATH.

import { build } from "esbuild";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const pkg = join(here, "../../pkg");
const [out, programs] = process.argv.slice(2);
const run = promisify(execFile);

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "rust"), { recursive: true });
const alias = { "everwire/slim": join(pkg, "everwire.js"), everwire: join(pkg, "embedded.js") };
const firsts = (await readdir(join(here, "page/first"))).filter((file) => file !== "first.js");
await build({
  entryPoints: ["page.js", ...firsts.map((file) => `first/${file}`)].map((file) => join(here, "page", file)),
  outdir: out,
  outbase: join(here, "page"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["./rust/*", "../rust/*"],
  alias,
  logLevel: "warning",
});
const page = await readFile(join(here, "page/index.html"), "utf8");
await writeFile(join(out, "index.html"), page);
// each arm of the first message is the only thing on its page
for (const file of firsts) await writeFile(join(out, "first", file.replace(".js", ".html")), page.replace("page.js", file));
await cp(join(pkg, "everwire_bg.wasm"), join(out, "first/everwire_bg.wasm"));
const wasm = (await readdir(programs)).filter((file) => file.endsWith(".wasm"));
await Promise.all(
  wasm.map((file) => {
    const name = basename(file, ".wasm");
    return run("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir", join(out, "rust", name), join(programs, file)]);
  }),
);
