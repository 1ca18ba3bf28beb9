// Can everyone use the page: by keyboard, on a narrow screen, in light and dark, with a screen reader?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import axe from "axe-core";
import { By, Key } from "selenium-webdriver";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";

describe("access", () => {
  let browser;
  let driver;
  before(async () => {
    browser = await openBrowser();
    driver = browser.driver;
  });

  /** The page with something in each of its parts. */
  async function openBusyPage(server) {
    const page = await openDemo(driver, server);
    await page.opens("#chat");
    await page.say("<b>hello</b>");
    await page.shows("#messages", "hello");
    await page.click("#echo form button");
    await page.shows("#echo-result", "unchanged, as a Blob");
    await page.click("#echo [value=arraybuffer]");
    await page.click("#echo form button");
    await page.shows("#echo-result", "unchanged, as an ArrayBuffer");
    await page.click("#closing form[name=offer] button");
    await page.shows("#closing-log", "[message]");
    return page;
  }

  /** What axe finds, best practices included, one line a finding. */
  async function findings() {
    await driver.executeScript(axe.source);
    const results = await driver.executeAsyncScript((done) => {
      // a button that is half way from one colour to another has neither's contrast
      const settled = Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
      settled
        .then(() => globalThis.axe.run(document, { resultTypes: ["violations"] }))
        .then(
          ({ violations, passes }) => done({ violations, passes: passes.length }),
          (error) => done({ error: String(error) }),
        );
    });
    assert.equal(results.error, undefined);
    assert.ok(results.passes > 20, "axe really looked");
    return results.violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target}: ${failureSummary}`),
    );
  }

  test("axe finds nothing, in light and in dark, connected and disconnected", async () => {
    const server = await startServer();
    const page = await openBusyPage(server);
    assert.deepEqual(await findings(), []);
    await browser.dark();
    assert.deepEqual(await findings(), []);
    const paper = await driver.executeScript("return getComputedStyle(document.body).backgroundColor");
    assert.equal(paper, "rgb(17, 22, 29)", "it was the dark page");

    await server.kill();
    await page.shows("#chat .notice", "Connection lost");
    await page.shows("#breaking .notice", "Connection lost");
    await page.shows("#echo .closed", "Disconnected");
    assert.deepEqual(await findings(), [], "dark and disconnected or waiting");
    await openBusyPage(await startServer());
    assert.deepEqual(await findings(), []);
  });

  test("every control is reached by Tab, in the order of the page, with a visible focus", async () => {
    const page = await openDemo(driver, await startServer());
    await page.opens("#chat");
    const reached = [];
    while (reached.length <= EXPECTED_ORDER.length) {
      await driver.actions().sendKeys(Key.TAB).perform();
      const focused = await driver.executeScript(() => {
        const focused = document.activeElement;
        if (focused === document.body) return null;
        const card = focused.closest("section")?.id ?? "page";
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        const place = `${card}/${focused.name || focused.id || focused.value || focused.className || focused.type}`;
        return { place, outline: `${outlineStyle} ${outlineWidth}` };
      });
      if (focused === null || reached.includes(focused.place)) break; // out of the page, or round again
      const { place, outline } = focused;
      assert.equal(outline, "solid 3px", `${place} shows that it has the focus`);
      reached.push(place);
    }
    assert.deepEqual(reached, EXPECTED_ORDER);
  });

  test("the chat is used by keyboard alone", async () => {
    const page = await openDemo(driver, await startServer());
    await page.opens("#chat");
    await driver.findElement(By.css("#chat [name=message]")).sendKeys("typed", Key.ENTER);
    await page.shows("#messages", "typed");
    await driver.actions().sendKeys("again", Key.ENTER).perform(); // the focus has stayed
    await page.shows("#messages", "again");
    assert.deepEqual(await page.texts("#messages > div"), ["again", "typed"]);
  });

  test("messages, logs and closed notices are live regions with names; each plot has a text", async () => {
    const page = await openDemo(driver, await startServer());
    const regions = await driver.executeScript(() =>
      Array.from(document.querySelectorAll("[role=log], [role=status]"), (region) => [
        region.id || region.closest("[class]").className,
        region.getAttribute("role"),
        region.getAttribute("aria-label"),
      ]),
    );
    for (const wanted of [
      ["hello-log", "log", "Hello log"],
      ["messages", "log", "Chat messages, newest first"],
      ["closing-log", "log", "Log of opening and closing"],
      ["echo-result", "status", null],
      ["breaking-log", "log", "Log of Break it"],
      ["closed", "status", null],
      ["notice", "status", null],
    ]) {
      assert.ok(regions.some((region) => String(region) === String(wanted)), `${wanted} among ${JSON.stringify(regions)}`);
    }
    const labels = await driver.executeScript(() =>
      Array.from(document.querySelectorAll(".plot svg"), (svg) => svg.getAttribute("aria-labelledby")),
    );
    assert.deepEqual(labels, ["breaking-amount-text", "breaking-round-trip-text", "pressure-amount-text"]);
    await page.shows("#breaking-amount-text", "bufferedAmount");
    await page.shows("#breaking-round-trip-text", "The latest round trip took");
    await page.shows("#pressure-amount-text", "nothing waits");
  });

  test("a countdown is not read out: it stands outside of the live region", async () => {
    const server = await startServer();
    const page = await openDemo(driver, server);
    await page.opens("#chat");
    await server.kill();
    await page.shows("#chat .countdown", /^Reconnecting in \d+ s, attempt \d+\.$/);
    const isLive = await driver.executeScript(() => document.querySelector("#chat .countdown").closest("[role], [aria-live]")?.role);
    assert.equal(isLive, null);
    assert.equal(await page.text("#chat .notice [role=status]"), "Connection lost: 1006 (Abnormal Closure).");
  });

  test("normal use leaves no warning and no error in the console", async (t) => {
    await driver.get("about:blank"); // the page before may still look for a server that is gone
    if ((await browser.console()) === null) return t.skip(`${browser.name}: its driver does not tell`);
    const page = await openBusyPage(await startServer());
    await page.shows("#hello-log", "[close]");
    assert.deepEqual(await browser.console(), []);
  });

  // the last one: under an X server without a window manager, resizing takes the keyboard away from the window
  test("nothing is wider than a narrow screen", async () => {
    const page = await openBusyPage(await startServer());
    const width = await browser.narrow();
    if (browser.name !== "webkit") assert.equal(width, 360);
    await page.say("w".repeat(50));
    await page.shows("#messages", "www");
    const tooWide = await driver.executeScript(() => {
      const limit = document.documentElement.clientWidth;
      const scrolls = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth;
      return {
        page: document.documentElement.scrollWidth > limit,
        elements: Array.from(document.querySelectorAll("body *:not(.skip)"))
          .filter((element) => element.getBoundingClientRect().right > limit)
          .map((element) => element.outerHTML.slice(0, 80)),
        logs: Array.from(document.querySelectorAll(".log, #messages")).filter(scrolls).map(({ id }) => id),
      };
    });
    assert.deepEqual(tooWide, { page: false, elements: [], logs: [] });
  });
});

/** Each card's form, its buttons, then its log. */
const EXPECTED_ORDER = [
  "page/skip",
  "hello/text",
  "hello/submit",
  "hello/hello-log",
  "chat/message",
  "chat/submit",
  "chat/messages",
  "breaking/drop",
  "breaking/silence",
  "breaking/slow",
  "breaking/token",
  "breaking/restart",
  "breaking/offline",
  "breaking/now",
  "breaking/breaking-log",
  "echo/file",
  "echo/binaryType",
  "echo/submit",
  "closing/protocols",
  "closing/submit",
  "closing/code",
  "closing/reason",
  "closing/here",
  "closing/there",
  "closing/cut",
  "closing/closing-log",
  "pressure/rate",
  "pressure/burst",
  "pressure/loop",
];
