// What does a session cost while nothing goes wrong?
//
// With a driver running, the package built (`cargo xtask build`) and a server that is fast (`--release`):
//
//   EVERWIRE_BROWSER=chromium EVERWIRE_WEBDRIVER=http://127.0.0.1:4444 \
//     EVERWIRE_SERVER=target/release/everwire-server node benches/session.mjs
//
// Each round every arm sends the same to an echo, in an order that turns, in one page; what is told is the time beside that of
// the Client without a session in the same round. `Client, again` is that Client once more: what this machine can tell apart.

import { join } from "node:path";
import { openBrowser } from "../tests/webdriver/browser.mjs";
import { root } from "../tests/webdriver/environment.mjs";
import { startServer } from "../tests/webdriver/server.mjs";
import { until } from "../tests/webdriver/until.mjs";

const ROUNDS = Number(process.env.EVERWIRE_ROUNDS ?? 15);

/** So many messages of so many bytes there and back, with so many under way. */
const WORKS = {
  "text 32 B, one after the other": { bytes: 32, count: 2_000, ahead: 1 },
  "text 32 B, 64 under way": { bytes: 32, count: 20_000, ahead: 64 },
  "text 1 KiB, 64 under way": { bytes: 1_024, count: 10_000, ahead: 64 },
  "binary 64 KiB, 16 under way": { bytes: 65_536, count: 1_000, ahead: 16, isBinary: true },
};
const ARMS = { Client: {}, "Client, again": {}, "Client, session": { session: true } };

const browser = await openBrowser();
const server = await startServer({ pages: join(root, "tests/package/page"), options: ["--no-deflate"] });
try {
  await browser.driver.get(server.url);
  await until("the package is imported", () => browser.run(() => "everwire" in globalThis));
  await browser.run(() => everwire.init().then(() => null));
  console.log(`${browser.name}, ${ROUNDS} rounds: the time beside the Client's, median, and the middle half of the rounds`);
  for (const [name, work] of Object.entries(WORKS)) {
    const times = Object.fromEntries(Object.keys(ARMS).map((arm) => [arm, []]));
    for (const options of Object.values(ARMS)) await measure(options, work); // once for nothing: code is compiled
    for (let round = 0; round < ROUNDS; round += 1) {
      const arms = Object.keys(ARMS);
      const turn = round % arms.length;
      for (const arm of [...arms.slice(turn), ...arms.slice(0, turn)]) times[arm].push(await measure(ARMS[arm], work));
    }
    for (const arm of Object.keys(ARMS).slice(1)) {
      const ratios = times[arm].map((time, round) => time / times.Client[round]).toSorted((one, other) => one - other);
      const at = (part) => ratios[Math.floor((ratios.length - 1) * part)].toFixed(3);
      console.log(`${name.padEnd(34)}${arm.padEnd(18)}${at(0.5)} (${at(0.25)}–${at(0.75)})`);
    }
  }
} finally {
  await browser.driver.quit();
  await server.stop();
}

/** Milliseconds, from the first `send()` to the last echo. */
function measure(options, work) {
  return browser.run(
    async (options, { bytes, count, ahead, isBinary }) => {
      const client = new everwire.Client("/ws/echo", options);
      await client.opened;
      const data = isBinary ? new Uint8Array(bytes) : "x".repeat(bytes);
      let sent = 0, heard = 0;
      const began = performance.now();
      await new Promise((resolve) => {
        client.addEventListener("message", () => {
          heard += 1;
          if (heard === count) resolve();
          else if (sent < count) {
            sent += 1;
            client.send(data);
          }
        });
        for (; sent < ahead; sent += 1) client.send(data);
      });
      const lasted = performance.now() - began;
      await client.close();
      return lasted;
    },
    [options, work],
  );
}
