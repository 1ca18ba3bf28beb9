// Does send() take, say and count what the browser's own does?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/sending.js";

describe("sending on a drop-in", () => {
  conforms(consumerPage(), "sending", checks);
});
