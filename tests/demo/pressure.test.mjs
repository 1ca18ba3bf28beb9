// Does the page show what piles up before a slow reader, and what the article's loop does about it?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";

const MIB = 1024 * 1024;

describe("back-pressure", () => {
  let driver;
  let name;
  let server;
  before(async () => {
    ({ driver, name } = await openBrowser());
    server = await startServer();
  });

  async function openPressure() {
    const page = await openDemo(driver, server);
    await choose("4194304");
    await page.opens("#pressure");
    return page;
  }

  /** 4 MiB a second: 16 MiB are read within a test's patience. */
  async function choose(rate) {
    await driver.executeScript((value) => {
      const { rate: select } = document.forms.pressure;
      select.value = value;
      select.dispatchEvent(new Event("change"));
    }, rate);
  }

  test("a burst piles up, is drawn and told in words, and drains to 0 with nothing lost", async () => {
    const page = await openPressure();
    await page.click("#pressure [name=burst]");
    if (name !== "webkit") {
      // WebKitGTK hands everything to its network process at once, where bufferedAmount does not look
      const amount = async () => Number((await page.connection("#pressure")).bufferedAmount.replaceAll(",", ""));
      await until("some MiB wait in the browser", async () => (await amount()) > MIB);
      await page.shows("#pressure-amount-text", /bufferedAmount is [\d.]+ MiB, falling by [\d.]+ [KM]iB a second; the highest/);
      assert.match(await driver.executeScript("return document.querySelector('#pressure-amount .line').getAttribute('d')"), /^M.*L/);
    }
    await page.shows("#pressure-count", "Sent 256 messages, 16.0 MiB.");
    await page.shows("#pressure-answer", "The server has read 256 messages, 16.0 MiB, in order.");
    assert.equal((await page.connection("#pressure")).bufferedAmount, "0");
  });

  test("the article's loop sends more only when nothing waits, and nothing is lost", async () => {
    const page = await openPressure();
    await page.click("#pressure [name=loop]");
    await page.shows("#pressure-count", /Sent \d\d messages/);
    await page.click("#pressure [name=loop]");
    const [, read] = /has read (\d+) messages, .*, in order\.$/.exec(await page.shows("#pressure-answer", "in order."));
    const [, sent] = /^Sent (\d+) messages/.exec(await page.text("#pressure-count"));
    assert.equal(read, sent);
  });
});
