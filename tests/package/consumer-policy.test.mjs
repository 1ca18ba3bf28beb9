// Which Content-Security-Policy is enough, and what does a page hear that forgot a word of it?

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { serveFiles } from "../webdriver/files.mjs";
import { openRoom } from "../webdriver/room.mjs";

describe("a Content-Security-Policy", () => {
  let browser;
  let room;
  before(async () => {
    browser = await openBrowser();
    room = await openRoom();
  });

  /** Nothing beside what README asks for, but for the icon that browsers look for by themselves. */
  function serveWith(scripts, named = new URL(room.address).origin) {
    const servers = `connect-src 'self' ${named}`;
    const policy = `default-src 'none'; script-src ${scripts}; ${servers}; img-src 'self'`;
    return serveFiles(join(root, "target/consumers/guarded"), { headers: { "Content-Security-Policy": policy } });
  }

  /** What the browser has told the page: see its witness.js. */
  const violations = () => browser.run(() => globalThis.violations);

  for (const page of ["embedded", "slim"]) {
    test(`with 'wasm-unsafe-eval' and nothing looser is enough: ${page}`, async () => {
      const files = await serveWith("'self' 'wasm-unsafe-eval'");
      await room.hearsPage(browser, `${files.url}/${page}.html`, `guarded ${page}`);
      assert.deepEqual(await violations(), [], "nothing was forbidden");
    });

    test(`without it is named by the error: ${page}`, async () => {
      const files = await serveWith("'self'");
      await browser.driver.get(`${files.url}/watched.html`);
      const told = await browser.run(USES[page], [room.address]);
      assert.match(told, SENTENCES[browser.name]);
      // WebKit throws, and reports no violation
      if (browser.name !== "webkit") assert.notDeepEqual(await violations(), [], "the witness hears of what is forbidden");
      await browser.console(); // it says the same, where the driver tells
    });
  }

  test("a server that connect-src does not name is an attempt that failed, and is told at once", async () => {
    const files = await serveWith("'self' 'wasm-unsafe-eval'", "");
    await browser.driver.get(`${files.url}/watched.html`);
    const codes = await browser.run(
      async (address) => {
        const { Client } = await import("/node_modules/everwire/embedded.js");
        const client = new Client(address, { reconnect: { attempts: 2, minDelay: 1 } });
        const codes = [];
        client.addEventListener("error", ({ error }) => codes.push(error.code));
        await client.closed;
        return codes;
      },
      [room.address],
    );
    // Chromium and WebKit say no more of it than `error`; a socket that waits for the close event waits for ever
    assert.deepEqual(codes, ["unavailable/connect", "unavailable/connect", "unavailable/attempts"]);
    await browser.console();
  });
});

/** What a page does first, and what it catches then. */
const USES = {
  embedded: async (address) => {
    const { WebSocket } = await import("/node_modules/everwire/embedded.js");
    try {
      new WebSocket(address).close();
    } catch (error) {
      return String(error);
    }
  },
  slim: async () => {
    const { default: init } = await import("/node_modules/everwire/everwire.js");
    return init().catch(String);
  },
};

/** Each engine's own words, by which a search finds the answer. */
const SENTENCES = {
  chromium: /Compiling or instantiating WebAssembly module violates the following Content Security policy directive/,
  firefox: /call to WebAssembly\.\w+\(\) blocked by CSP/,
  webkit: /'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive/,
};
