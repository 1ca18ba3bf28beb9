// How is everybody measured side by side?
//
// `cargo xtask bench` runs this once for each browser, with its driver, the server and the built page:
//
//   EVERWIRE_BROWSER=chromium EVERWIRE_WEBDRIVER=http://127.0.0.1:4444 EVERWIRE_SERVER=target/release/everwire-server \
//     node benches/browser/main.mjs PAGE RESULT [--rounds N] [--only WORK]
//
// In each round every arm does the same, in an order that turns from round to round. Rounds differ more than arms do, so
// only what was measured in the same round is compared. RESULT is JSON: each arm's times, round by round.

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openBrowser } from "../../tests/webdriver/browser.mjs";
import { startServer } from "../../tests/webdriver/server.mjs";
import { until } from "../../tests/webdriver/until.mjs";
import { WORKS } from "./works.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "11" }, only: { type: "string", multiple: true } },
});
const [pages, result] = positionals;
const ROUNDS = Number(values.rounds);
const works = WORKS.filter(({ name, only }) => (values.only ? values.only.includes(name) : !only || only === process.env.EVERWIRE_BROWSER));
/** The others refuse what cannot be sent yet. */
const QUEUES = ["everwire WebSocket.with", "everwire Client", "reconnecting-websocket", "partysocket"];

/** What an arm is asked to do, in the page. */
const page = {
  follow: (arm, path, script, inPage = false) => {
    const sends = Math.ceil(script.sends / (inPage ? 5 : 20)); // without a network, half of it would be code that is not optimised yet
    const warm = { sends, atOnce: 1, hears: script.asks ? 1 : sends };
    return browser.run((arm, how) => bench.follow(arm, how), [arm, { inPage, url: server.ws(path), script, warm }]);
  },
  listen: (arm, path, script) => browser.run((arm, how) => bench.listen(arm, how), [arm, { url: server.ws(path), script }]),
  many: (arm, path, script, clients, step, inPage = false) =>
    browser.run((arm, how) => bench.many(arm, how), [arm, { inPage, url: server.ws(path), script, clients, step }]),
  reconnect: (arm, path) => browser.run((arm, how) => bench.reconnect(arm, how), [arm, { url: server.ws(path) }]),
  async queue(arm, queued) {
    const { [arm]: lasted } = await browser.run((queued) => bench.queue(queued), [queued]);
    return (lasted * 1_000) / (arm === "put" ? 1_000 : queued + 1_000);
  },
  async memory(arm, { clients, messages }) {
    if (messages && !QUEUES.includes(arm)) return 0;
    const before = await this.bytes();
    if (clients) await browser.run((arm, clients) => bench.hold(arm, clients), [arm, clients]);
    else await browser.run((arm, messages) => bench.holdQueue(arm, messages), [arm, messages]);
    const after = await this.bytes();
    await browser.run(() => bench.release());
    return (after - before) / (clients ?? messages);
  },
  async bytes() {
    await browser.driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
    const { usedSize } = await browser.driver.sendAndGetDevToolsCommand("Runtime.getHeapUsage");
    return usedSize + (await browser.run(() => bench.memory()));
  },
  async first(arm) {
    await browser.driver.get(`${server.url}/first/${arm}.html`);
    return until("the first message", () => browser.run(() => globalThis.first ?? null));
  },
};

// measured to the microsecond, not to Firefox's usual millisecond
const browser = await openBrowser({ preferences: { "privacy.reduceTimerPrecision": false } });
const server = await startServer({ pages });
const capabilities = await browser.driver.getCapabilities();
const results = { browser: browser.name, version: capabilities.getBrowserVersion(), rounds: ROUNDS, works: [] };
try {
  await browser.driver.get(server.url);
  await until("the page is there", () => browser.run(() => "bench" in globalThis));
  for (const work of works) results.works.push(await measured(work));
} finally {
  await browser.driver.quit();
  await server.stop();
}
await writeFile(result, JSON.stringify(results, null, 1));

/** Every arm's time in every cell, round by round. */
async function measured({ name, groups, cells, measure }) {
  const arms = groups.flatMap(({ arms }) => arms);
  const times = Object.fromEntries(arms.map((arm) => [arm, Object.fromEntries(cells.map((cell) => [cell.name, []]))]));
  for (const cell of cells) {
    const began = Date.now();
    for (let round = -1; round < ROUNDS; round += 1) {
      const start = (round + 1) % arms.length;
      for (const arm of [...arms.slice(start), ...arms.slice(0, start)]) {
        const time = await measure(page, arm, cell).catch((error) => {
          throw new Error(`${name}, ${cell.name}, ${arm}: ${error.message}`);
        });
        if (round >= 0) times[arm][cell.name].push(time); // the first for nothing: code is compiled, memory is there
      }
    }
    console.log(`    ${browser.name}: ${name}, ${cell.name}: ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  }
  return { name, times };
}
