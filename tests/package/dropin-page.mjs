// How do our class and the browser's own get the same questions, and who compares?

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";

/**
 * A suite of one group in a `consumerPage`: a table of questions in page/dropin/, each with what the standard says is its answer.
 *
 * A question has
 * - `ask(around)`: put in the page to the browser's class, to ours and to ours with layers that do nothing (`with({})`)
 * - `expect`: the answer by the standard
 * - `engines`: where an engine departs from it and ours with it, `{ firefox: [its answer, why] }`
 * - `native`: where an engine departs from it and ours, which decides this by itself, does not; in the same form
 * - `ours`, `layered`: where ours departs on purpose, and where layers make a difference, `[the answer, why]`; with layers
 *   it may be a function of the answer without, and of the engine
 * - `unasked`: where an engine is not asked, `{ webkit: why }`
 */
export function conforms(page, group, checks, { inWorker = false } = {}) {
  describe(`${group}${inWorker ? ", in a worker" : ""}`, () => {
    let answers = {};

    before(async () => {
      await page.driver.get(`${page.server.url}/dropin/index.html`);
      await until("the page is ready", () => page.run(() => "begin" in globalThis));
      const unasked = Object.keys(checks).filter((sentence) => checks[sentence].unasked?.[page.name]);
      await page.run((...given) => void begin(...given), group, unasked, inWorker);
      const sheet = await until("every question is answered", () => page.run(() => (sheet.isDone || sheet.trouble ? sheet : null)), {
        limit: 300_000, // hundreds of questions, on a machine that is shared
      });
      if (sheet.trouble) throw new Error(`in the page: ${sheet.trouble}`);
      answers = sheet.answers;
    });

    for (const [sentence, check] of Object.entries(checks)) {
      test(sentence, (t) => {
        const why = check.unasked?.[page.name];
        if (why) return t.skip(why);
        const wanted = answersOf(check, page.name);
        for (const [name, answer] of Object.entries(wanted)) {
          assert.deepEqual(answers[sentence]?.[name], answer, `the answer of ${name}`);
        }
      });
    }
  });
}

/** What each class is to answer in this engine. */
function answersOf({ expect, engines, native, ours, layered }, engine) {
  const shared = engines?.[engine]?.[0] ?? expect;
  const own = ours?.[0] ?? shared;
  const wanted = { native: native?.[engine]?.[0] ?? shared, ours: own, layered: typeof layered?.[0] === "function" ? layered[0](own, engine) : layered?.[0] ?? own };
  return Object.fromEntries(Object.entries(wanted).map(([name, answer]) => [name, plain(answer)]));
}

/** As JSON carries it. */
function plain(value) {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
