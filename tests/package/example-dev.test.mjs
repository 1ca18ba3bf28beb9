// Has an example one socket while it is developed: in React's StrictMode, and each time that a file is changed?
//
// StrictMode runs effects twice, and only in a development build. A dev server puts a changed component in the place of
// the old one without loading the page again.

import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { until } from "../webdriver/until.mjs";
import { openChat, openExample } from "./example-page.mjs";

const built = join(root, "target/consumers");

/** Of each example the file that shows the chat, the one that keeps the connection, and a change that shows in what is listed. */
const FILES = {
  "example-react": ["src/Chat.tsx", "src/useChat.ts", "lines, send }", 'lines: ["changed", ...lines], send }'],
  "example-vue": ["src/Chat.vue", "src/useChat.js", "lines = ref([])", 'lines = ref(["changed"])'],
  "example-svelte": ["src/Chat.svelte", "src/useChat.svelte.js", "lines: []", 'lines: ["changed"]'],
};

describe("a dev server", () => {
  let browser;
  before(async () => (browser = await openBrowser()));

  for (const [example, [component, connection, ...changed]] of Object.entries(FILES)) {
    test(`keeps one socket, whatever is changed: ${example}`, async (context) => {
      const dev = await startDevServer(example);
      context.after(() => dev.stop());
      const chat = await openChat();
      const page = await openExample(browser, `${dev.url}/index.html`, chat);
      await page.isOpen();
      await chat.hasLive(1);
      await browser.run(() => void (globalThis.isTheSamePage = true), []);

      await dev.change(component, ">Send<", ">Say<");
      await until("the page has the new button", () => browser.run(() => document.body.textContent.includes("Say"), []));
      await page.isOpen();
      await chat.hasLive(1);

      await dev.change(connection, ...changed);
      await page.lists("changed");
      await page.isOpen();
      await chat.hasLive(1);
      await page.say("after all");
      await page.lists("after all");
      assert.deepEqual(await page.lines(), ["changed", "after all"]);
      assert.ok(await browser.run(() => globalThis.isTheSamePage === true, []), "the page was not loaded again");

      await page.leaveOrJoin();
      await chat.hasLive(0); // also none of before, which might have opened late
    });
  }
});

/** As `vite` on a command line, but for the port, which is any, and for the project, which is a copy that may be changed. */
async function startDevServer(example) {
  const { createServer: createVite } = await import("vite");
  const project = await mkdtemp(join(built, `${example}-dev-`)); // beside the others, where the tools are found
  await cp(join(built, example), project, { recursive: true });
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const previous = process.cwd();
  process.chdir(project); // where Svelte's plugin looks for its options
  const vite = await createVite({
    root: project,
    logLevel: "warn",
    server: { middlewareMode: true, hmr: { server } },
  });
  process.chdir(previous);
  server.on("request", (request, response) => {
    if (request.url === "/favicon.ico") response.writeHead(204).end(); // each browser asks for it, and complains of a 404
    else vite.middlewares(request, response);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async change(file, old, changed) {
      const path = join(project, file);
      const text = await readFile(path, "utf8");
      assert.ok(text.includes(old), `${file} has "${old}"`);
      await writeFile(path, text.replace(old, changed));
    },
    async stop() {
      await vite.close();
      server.close();
      server.closeAllConnections();
      await rm(project, { recursive: true, force: true });
    },
  };
}
