// In which order does a user hear what happens, in sessions as they are lived every day?

import { describe, test } from "node:test";
import { consumerPage } from "../package/consumer-page.mjs";
import { SESSIONS, installListener } from "./sessions.mjs";
import { mustBe } from "./snapshot.mjs";

describe("the order of events", () => {
  const page = consumerPage();

  test("is what it was, in every engine", async () => {
    const lines = [
      "What is heard, in this order, in sessions with the companion server; promises where they settle. The same in every",
      "engine. Made by tests/surface/sessions.test.mjs.",
    ];
    for (const [title, session] of Object.entries(SESSIONS)) {
      await page.open();
      await page.run(installListener);
      lines.push("", title, ...(await page.run(session)).map((line) => `    ${line}`));
    }
    await mustBe("sessions.txt", lines);
  });
});
