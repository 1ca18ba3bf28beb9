// Does the constructor take and refuse what the browser's own does?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/opening.js";

describe("opening a drop-in", () => {
  conforms(consumerPage(), "opening", checks);
});
