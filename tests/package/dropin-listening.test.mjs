// Is listened to the drop-in as to the browser's own, by on* and by addEventListener?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/listening.js";

describe("listening to a drop-in", () => {
  conforms(consumerPage(), "listening", checks);
});
