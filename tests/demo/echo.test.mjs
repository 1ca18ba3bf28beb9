// Does a picture come back as a Blob and as an ArrayBuffer?

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { By } from "selenium-webdriver";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";

describe("echo", () => {
  let driver;
  let server;
  let folder;
  before(async () => {
    ({ driver } = await openBrowser());
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), "everwire-echo-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function openEcho() {
    const page = await openDemo(driver, server);
    await page.opens("#echo");
    return page;
  }

  test("a drawn picture comes back as a Blob, and shows", async () => {
    const page = await openEcho();
    await page.click("#echo form button");
    await page.shows("#echo-result", "came back unchanged, as a Blob.");
    const size = await until("the picture shows", () =>
      driver.executeScript(() => {
        const picture = document.getElementById("echo-picture");
        return picture.complete && !picture.hidden && [picture.naturalWidth, picture.naturalHeight, picture.src];
      }),
    );
    assert.deepEqual(size.slice(0, 2), [320, 160]);
    assert.match(size[2], /^blob:/);
  });

  test("as an ArrayBuffer its first bytes are shown", async () => {
    const page = await openEcho();
    await page.click("#echo [value=arraybuffer]");
    await page.click("#echo form button");
    await page.shows("#echo-result", "came back unchanged, as an ArrayBuffer.");
    const lines = (await page.text("#echo-bytes")).split("\n");
    assert.equal(lines[0], "00000000  89 50 4e 47 0d 0a 1a 0a", "the signature of a PNG");
    assert.equal(lines.length, 8);
  });

  test("a file that was chosen is what is sent", async () => {
    const page = await openEcho();
    const path = join(folder, "pixel.gif");
    await writeFile(path, Buffer.from("R0lGODlhAQABAIAAAP8AAP///ywAAAAAAQABAAACAkQBADs=", "base64"));
    await driver.findElement(By.css("#echo [name=file]")).sendKeys(path);
    await page.click("#echo form button");
    await page.shows("#echo-result", "All 35 bytes came back unchanged, as a Blob.");
    await until("the picture shows", () =>
      driver.executeScript(() => {
        const picture = document.getElementById("echo-picture");
        return picture.complete && !picture.hidden && picture.naturalWidth === 1;
      }),
    );
  });

  test("a file that is no picture is told to be none", async () => {
    const page = await openEcho();
    const path = join(folder, "text.png");
    await writeFile(path, "not a picture");
    await driver.findElement(By.css("#echo [name=file]")).sendKeys(path);
    await page.click("#echo form button");
    await page.shows(
      "#echo-result",
      "All 13 bytes came back unchanged, as a Blob. The browser cannot show it as a picture.",
    );
  });

  test("what is too big for the server closes the connection, which says so and can be made again", async () => {
    const own = await startServer({ options: ["--max-message", "1000"] });
    const page = await openDemo(driver, own);
    await page.opens("#echo");
    await page.click("#echo form button");
    await page.shows("#echo .closed", "Disconnected: 1009 (Message Too Big)");
    await page.click("#echo .closed button");
    await page.opens("#echo");
  });
});
