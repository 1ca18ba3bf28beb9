// What becomes of messages under fire?
//
// `cargo xtask chaos` runs this with Chromium's driver and the server:
//
//   EVERWIRE_BROWSER=chromium EVERWIRE_WEBDRIVER=http://127.0.0.1:4444 EVERWIRE_SERVER=target/release/everwire-server \
//     node tests/chaos/main.mjs [--short] [--arm session] [--arm by-hand] [--arm plain] [--seed N] [--clients N] [--messages N]
//
// A page has many clients, each of which sends numbered messages to an echo. Between them and two servers, which share one
// Redis, is a proxy that breaks their connections; the servers are killed and started again in turn. It fails when an arm
// with a session has lost, doubled, reordered or changed a message, and when the plain one has not.

import { randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openBrowser } from "../webdriver/browser.mjs";
import { startServer } from "../webdriver/server.mjs";
import { KINDS, chanceOf } from "./faults.mjs";
import { Machines } from "./machines.mjs";
import { meanSize } from "./page/messages.js";
import { Proxy } from "./proxy.mjs";
import { startRedis } from "./redis.mjs";
import { faulty, lines } from "./report.mjs";
import { Tabs } from "./tabs.mjs";
import { Watch } from "./watch.mjs";

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    arm: { type: "string", multiple: true, default: ["session", "plain"] },
    seed: { type: "string" },
    clients: { type: "string" },
    messages: { type: "string" },
  },
});

/** `each`: so many faults of each kind there are at least. */
const FORMS = {
  long: { clients: 100, messages: 10_000, each: 400, kills: 60 },
  short: { clients: 10, messages: 1_000, each: 12, kills: 12 },
};
/** Planned are a few more; and there are twice as many, since what a session says again passes the proxy, too. */
const SPARE = 1.2;
const form = values.short ? FORMS.short : FORMS.long;
const plan = { ...form, clients: Number(values.clients ?? form.clients), messages: Number(values.messages ?? form.messages) };
const seed = Number(values.seed ?? randomInt(2 ** 31));

const browser = await openBrowser();
const pages = await startServer({ pages: fileURLToPath(new URL("page", import.meta.url)) });
const tabs = new Tabs(browser);
const results = [];
try {
  for (const arm of values.arm) results.push(await underFire(arm));
} finally {
  await browser.driver.quit();
  await pages.stop();
}
const faults = results.flatMap((result) => faulty(result, plan));
for (const line of [...lines(results, plan, seed), ...faults]) console.log(line);
process.exit(faults.length > 0 ? 1 : 0); // what is open still is of no interest

/** All messages of all clients, with this one. */
async function underFire(arm) {
  const redis = await startRedis();
  const machines = await Machines.start(redis.url);
  const proxy = new Proxy(machines.ports);
  try {
    const bytes = plan.messages * meanSize() * 2;
    const gap = (bytes * plan.clients) / (plan.each * SPARE * KINDS.length);
    const roads = [];
    for (let client = 0; client < plan.clients; client += 1) roads.push(await proxy.roads(seed, client, gap));
    const urls = roads.map((ports) => ports.map((port) => `ws://127.0.0.1:${port}/ws/echo`));
    await tabs.open(pages.url, plan.clients);
    await tabs.begin(arm, plan.messages, urls);
    const result = await followed(arm, machines);
    return { arm, ...result, lost: result.sent - result.seen, faults: { ...proxy.done, kill: machines.kills } };
  } finally {
    proxy.close();
    await machines.stop();
    redis.stop();
  }
}

/** Lets everybody send, kills the servers meanwhile, and waits for the last message of each. */
async function followed(arm, machines) {
  const watch = new Watch(arm, () => tabs.standing());
  const chance = chanceOf(seed, -1);
  for (let kill = 1; kill <= plan.kills; kill += 1) {
    // a kill somewhere within each part of the messages; nobody may be further than in the next one
    const part = plan.messages / plan.kills;
    await tabs.allow(Math.floor(part * Math.min(kill + 1, plan.kills)));
    const point = plan.clients * part * (kill - 1 + chance());
    await watch.until((standing) => standing.highest >= point, { orIdle: true });
    await machines.killNext();
  }
  await watch.until(({ sent }) => sent === plan.clients * plan.messages);
  await tabs.finish();
  const standing = await watch.until(({ isOver }) => isOver === plan.clients);
  const { seconds } = watch;
  const stuck = watch.hasGivenUp ? await tabs.stuck() : [];
  return { ...standing, seconds, stuck };
}
