// Do the examples, as people would publish them, chat, come back after a cut and let go? consumers/build.mjs has built them.

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { serveFiles } from "../webdriver/files.mjs";
import { openChat, openExample } from "./example-page.mjs";

const FOLDERS = {
  "a page without a framework": "example-plain",
  "React": "example-react/dist",
  "Vue": "example-vue/dist",
  "Svelte": "example-svelte/dist",
  "Leptos": "example-leptos",
  "Yew": "example-yew",
  "Dioxus": "example-dioxus",
};

describe("an example", () => {
  let browser;
  before(async () => (browser = await openBrowser()));

  for (const [name, folder] of Object.entries(FOLDERS)) {
    describe(`of ${name}`, () => {
      let address;
      before(async () => {
        const files = await serveFiles(join(root, "target/consumers", folder));
        address = `${files.url}/index.html`;
      });

      test("chats, each line once, and the console stays empty", async () => {
        const chat = await openChat();
        const page = await openExample(browser, address, chat);
        await page.isOpen();
        await page.say("from the page");
        await chat.hears("from the page");
        await page.lists("from the page");
        chat.say("from another");
        await page.lists("from another");
        assert.deepEqual(await page.lines(), ["from the page", "from another"]);
        assert.deepEqual((await browser.console()) ?? [], [], "the console is empty"); // WebKit's driver does not tell
      });

      test("shows a cut, keeps what is said meanwhile, and comes back with one socket", async () => {
        const chat = await openChat();
        const page = await openExample(browser, address, chat);
        await page.isOpen();
        await chat.crash();
        await page.shows("that it is not open", (state) => ["waiting", "connecting"].includes(state));
        await page.say("said without a connection");
        await chat.start();
        await page.isOpen();
        await page.lists("said without a connection"); // another may come into the room after it
        chat.say("from another");
        await page.lists("from another");
        assert.deepEqual(await page.lines(), ["said without a connection", "from another"]);
        await chat.hasLive(1);
        await browser.console(); // browsers tell of each attempt that failed
      });

      test("closes with 1000 when the chat goes, and has one socket again when it returns", async () => {
        const chat = await openChat();
        const page = await openExample(browser, address, chat);
        await page.isOpen();
        await chat.hasLive(1);
        await page.leaveOrJoin();
        await chat.hasLive(0);
        assert.deepEqual(chat.codes(), [1000]);
        await page.leaveOrJoin();
        await page.isOpen();
        await page.say("back again");
        await page.lists("back again");
        assert.deepEqual(await page.lines(), ["back again"]);
        await chat.hasLive(1);
      });

      test("leaves nothing when the chat goes while it waits for the server", async () => {
        const chat = await openChat();
        const page = await openExample(browser, address, chat);
        await page.isOpen();
        await chat.crash();
        await page.shows("that it is not open", (state) => ["waiting", "connecting"].includes(state));
        await page.leaveOrJoin();
        await chat.start();
        await browser.run(() => dispatchEvent(new Event("online")), []); // whoever waits tries at once
        await page.leaveOrJoin();
        await page.isOpen();
        await chat.hasLive(1);
        await page.leaveOrJoin();
        await chat.hasLive(0); // one that had stayed would be there, and longer than the one that has come and gone
        assert.equal(chat.codes().length, 1);
        await browser.console(); // browsers tell of each attempt that failed
      });
    });
  }
});
