// Does close() take, say and lead to what the browser's own does?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/closing.js";

describe("closing a drop-in", () => {
  conforms(consumerPage(), "closing", checks);
});
