// Does the class look like the browser's own, property by property?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/shape.js";

describe("the shape of the drop-in", () => {
  conforms(consumerPage(), "shape", checks);
});
