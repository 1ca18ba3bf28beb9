// Does the drop-in see of its document, and of other realms, what the browser's own sees?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/document.js";

describe("a drop-in in a document", () => {
  conforms(consumerPage(), "document", checks);
});
