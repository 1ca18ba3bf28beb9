// What does the limiter cost before a fast server, and at which highWater is that gone?
//
// With a driver running, the package built (`cargo xtask build`) and a server that is fast (`--release`):
//
//   EVERWIRE_BROWSER=firefox EVERWIRE_WEBDRIVER=http://127.0.0.1:4444 \
//     EVERWIRE_SERVER=target/release/everwire-server node benches/limiter.mjs
//
// Each round sends the same through every arm, in an order that turns from round to round, in one page; what is told is
// the speed beside the browser's own WebSocket of the same round. Rounds differ more than arms do, so nothing else is
// worth comparing.

import { join } from "node:path";
import { openBrowser } from "../tests/webdriver/browser.mjs";
import { root } from "../tests/webdriver/environment.mjs";
import { startServer } from "../tests/webdriver/server.mjs";
import { until } from "../tests/webdriver/until.mjs";

const MIB = 1024 * 1024;
/** 128 MiB in messages of 64 KiB: half a second, beside which a turn of the event loop is little. */
const [MESSAGES, BYTES] = [2048, 64 * 1024];
const ROUNDS = Number(process.env.EVERWIRE_ROUNDS ?? 11);

/** What is compared: options of a Client, or none for the browser's own WebSocket. */
const ARMS = {
  "the browser's own": null,
  "Client, no limit, no reconnect": { limit: false, reconnect: false },
  "Client, no limit": { limit: false },
  "Client": {},
  "… highWater 256 KiB": { limit: { highWater: MIB / 4 } },
  "… highWater 1 MiB": { limit: { highWater: MIB } },
  "… highWater 2 MiB": { limit: { highWater: 2 * MIB } },
  "… highWater 4 MiB": { limit: { highWater: 4 * MIB } },
  "… highWater 8 MiB": { limit: { highWater: 8 * MIB } },
  "… highWater 16 MiB": { limit: { highWater: 16 * MIB } },
};

const browser = await openBrowser();
const server = await startServer({ pages: join(root, "tests/package/page") });
try {
  await browser.driver.get(server.url);
  await until("the package is imported", () => browser.run(() => "everwire" in globalThis));
  await browser.run(() => everwire.init().then(() => null));
  const speeds = Object.fromEntries(Object.keys(ARMS).map((arm) => [arm, []]));
  for (const arm of Object.keys(ARMS)) await measure(ARMS[arm]); // once for nothing: code is compiled, memory is there
  for (let round = 0; round < ROUNDS; round += 1) {
    const arms = Object.keys(ARMS);
    for (const arm of [...arms.slice(round % arms.length), ...arms.slice(0, round % arms.length)]) {
      speeds[arm].push(await measure(ARMS[arm]));
    }
  }
  report(speeds);
} finally {
  await browser.driver.quit();
  await server.stop();
}

/** MiB a second, from the first send() until the server says that it has read the last. */
async function measure(options) {
  const milliseconds = await browser.run(
    async (options, messages, bytes) => {
      const url = `${location.origin.replace("http", "ws")}/ws/fault/slow`; // without a rate, it is the fast one
      const socket = options === null ? new WebSocket(url) : new everwire.Client(url, options);
      await next(socket, "open");
      const data = new Uint8Array(bytes);
      const began = performance.now();
      if (options === null) for (let number = 0; number < messages; number += 1) socket.send(data);
      else for (let number = 0; number < messages; number += 1) await socket.send(data);
      const answer = next(socket, "message");
      socket.send("count?");
      const { messages: read } = JSON.parse((await answer).data);
      const lasted = performance.now() - began;
      const closed = next(socket, "close");
      socket.close();
      await closed;
      if (read !== messages) throw new Error(`${read} arrived`);
      return lasted;
    },
    [options, MESSAGES, BYTES],
  );
  return (MESSAGES * BYTES * 1_000) / MIB / milliseconds;
}

function report(speeds) {
  const { "the browser's own": own, "Client, no limit": unlimited } = speeds;
  const ratios = (arm, to) => speeds[arm].map((speed, round) => speed / to[round]);
  const range = (values) => `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
  console.log(`${browser.name}, ${ROUNDS} rounds of ${(MESSAGES * BYTES) / MIB} MiB: median, and from least to most`);
  console.log(`${"".padEnd(32)}${"MiB/s".padEnd(8)}${"beside the browser's own".padEnd(28)}beside no limit`);
  for (const arm of Object.keys(speeds)) {
    const speed = median(speeds[arm]).toFixed(0).padEnd(8);
    console.log(`${arm.padEnd(32)}${speed}${range(ratios(arm, own)).padEnd(28)}${range(ratios(arm, unlimited))}`);
  }
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1];
}
