// Do messages arrive as with the browser's own class?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/receiving.js";

describe("receiving on a drop-in", () => {
  conforms(consumerPage(), "receiving", checks);
});
