// Does the drop-in reach from a page over https: what the browser's own reaches?

import { before, describe } from "node:test";
import { join } from "node:path";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { startServer } from "../webdriver/server.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/secure.js";

describe("a drop-in in a page over https:", () => {
  const page = { run: (body, ...values) => page.browser.run(body, values) };
  before(async () => {
    page.browser = await openBrowser();
    page.driver = page.browser.driver;
    page.name = page.browser.name;
    page.server = await startServer({ pages: join(root, "tests/package/page"), options: ["--tls"] });
  });
  conforms(page, "secure", checks);
});
