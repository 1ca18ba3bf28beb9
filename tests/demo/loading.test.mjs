// What does a visitor see when the client cannot be loaded?

import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { pkg } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";

describe("loading", () => {
  let driver;
  let folder;
  before(async () => {
    ({ driver } = await openBrowser());
    folder = await mkdtemp(join(tmpdir(), "everwire-loading-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function trouble() {
    return until("the page tells its trouble", () =>
      driver.executeScript("return document.querySelector('#loading.trouble')?.textContent"),
    );
  }

  test("without the package the page names the command that builds it", async () => {
    const server = await startServer({ packaged: folder });
    await driver.get(server.url);
    assert.equal(
      await trouble(),
      "The WebAssembly package could not be loaded. Build it and serve this page: cargo xtask demo",
    );
  });

  test("WebAssembly that is broken is told, not passed over", async () => {
    const broken = join(folder, "broken");
    await cp(pkg, broken, { recursive: true });
    await writeFile(join(broken, "everwire_bg.wasm"), "no WebAssembly");
    const server = await startServer({ packaged: broken });
    await driver.get(server.url);
    assert.match(await trouble(), /^The WebAssembly client did not start: Error: everwire: http.*everwire_bg\.wasm \(application\/wasm\) could not be compiled: /);
  });
});
