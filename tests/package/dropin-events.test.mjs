// Do the events of the drop-in carry what the browser's own do, in the same order and tasks?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks } from "./page/dropin/events.js";

describe("events of a drop-in", () => {
  conforms(consumerPage(), "events", checks);
});
