// What does the suite need from whoever runs it?

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The engine under test, the driver that runs it, and the companion server's binary. */
export const { EVERWIRE_BROWSER: browser, EVERWIRE_WEBDRIVER: webdriver, EVERWIRE_SERVER: server } = process.env;

/** What a page is served from: the demo, and the package as `cargo xtask build` made it. */
export const www = join(root, "www");
export const pkg = join(root, "pkg");

if (!server) {
  console.error("These tests need the companion server: run `cargo xtask test`.");
  process.exit(1);
}
