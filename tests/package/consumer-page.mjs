// How does a test run code inside a page that uses the package?

import { before } from "node:test";
import { join } from "node:path";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";

/** A browser (see `openBrowser` for its options) and a server for the tests of one suite; call it inside `describe`. */
export function consumerPage(options) {
  const page = {
    /** The page, freshly loaded, by another way than the server's own address if so wished; the WebAssembly only where `init` is
     *  true. */
    async open({ init = true, url = page.server.url } = {}) {
      await page.driver.get(url);
      await until("the package is imported", () => page.run(() => "everwire" in globalThis));
      if (init) await page.run(() => everwire.init().then(() => null));
    },

    /** Calls `body` in the page, with `values` handed over, and gives back what it answers. */
    run: (body, ...values) => page.browser.run(body, values),
  };
  before(async () => {
    page.browser = await openBrowser(options);
    page.driver = page.browser.driver;
    page.name = page.browser.name;
    page.server = await startServer({ pages: join(root, "tests/package/page") });
  });
  return page;
}
