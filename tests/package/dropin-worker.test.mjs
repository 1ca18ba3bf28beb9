// Does the drop-in behave in a worker as the browser's own does there?

import { describe } from "node:test";
import { consumerPage } from "./consumer-page.mjs";
import { conforms } from "./dropin-page.mjs";
import { checks as events } from "./page/dropin/events.js";
import { checks as listening } from "./page/dropin/listening.js";
import { checks as opening } from "./page/dropin/opening.js";
import { checks as receiving } from "./page/dropin/receiving.js";
import { checks as sending } from "./page/dropin/sending.js";
import { checks as shape } from "./page/dropin/shape.js";

describe("a drop-in in a worker", () => {
  const page = consumerPage();
  const groups = { shape, opening, sending, receiving, events, listening };
  for (const [group, checks] of Object.entries(groups)) conforms(page, group, checks, { inWorker: true });
});
