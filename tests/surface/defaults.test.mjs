// What holds where a user says nothing?
//
// Read from clients at work: the trace begins with every option as the engine has it, the rest is seen by what happens.

import { describe, test } from "node:test";
import { consumerPage } from "../package/consumer-page.mjs";
import { mustBe } from "./snapshot.mjs";

describe("the defaults", () => {
  const page = consumerPage();

  test("are what they were", async () => {
    await page.open();
    const lines = [
      "What holds where nothing is said: milliseconds, bytes; what is null or not named has no bound, or is off. Made by",
      "tests/surface/defaults.test.mjs.",
    ];
    for (const [title, options] of await page.run(optionsAtWork)) {
      lines.push("", title, ...flat(options, page.name === "firefox").map((line) => `    ${line}`));
    }
    lines.push("", "seen by what happens", ...(await page.run(whatHappens)).map((line) => `    ${line}`));
    await mustBe("defaults.txt", lines);
  });
});

/** `reconnect.minDelay: 500`, an option a line. */
function flat(options, isFirefox, path = "") {
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null) return flat(value, isFirefox, `${path}${name}.`);
    // not an option, and the one that goes by the engine: Firefox waits by itself before it tries again
    const byEngine = name === "connectTimeoutAfterFailure" && value === (isFirefox ? 20_000 : 0);
    return [`${path}${name}: ${byEngine ? "0, in Firefox 20000" : JSON.stringify(value)}`];
  });
}

/** In the page: the engine's options for each way to begin. */
async function optionsAtWork() {
  const token = () => "a token";
  const layers = { reconnect: true, limit: true, heartbeat: true, session: true, auth: { via: "message", token } };
  const begun = (make) =>
    new Promise((resolve) => {
      // the trace begins within the constructor: what was made is there a moment later
      const made = make({ trace: (entry) => "options" in entry && queueMicrotask(() => (made.close(), resolve(entry.options))) });
    });
  const client = (more) => begun((options) => new everwire.Client("/ws/echo", { ...options, ...more }));
  const dropIn = (more) => begun((options) => new (everwire.WebSocket.with({ ...options, ...more }))("/ws/echo"));
  return [
    ["new Client(url)", await client({})],
    ["new Client(url, { every layer: true })", await client(layers)],
    ["WebSocket.with({})", await dropIn({})],
    ["WebSocket.with({ every layer: true })", await dropIn(layers)],
  ];
}

/** In the page: what the trace does not tell. */
async function whatHappens() {
  const lines = [];
  let given, sent;
  // the browser's own class, watched
  const Watched = class extends globalThis.WebSocket {
    constructor(url, protocols) {
      super(url, protocols);
      given = { url: url.replace(/^.*(?=\/ws\/)/, ""), protocols: [protocols ?? []].flat() };
      sent = [];
    }
    send(data) {
      sent.push(data);
      super.send(data);
    }
  };
  const token = () => "a token";
  const opened = async (path, options) => {
    const client = new everwire.Client(path, { WebSocket: Watched, ...options });
    await client.opened;
    return client;
  };

  const plain = await opened("/ws/echo");
  lines.push(`protocols: ${JSON.stringify(given.protocols)}`, `binaryType: ${plain.binaryType}`);
  await plain.close();
  const dropIn = new everwire.WebSocket("/ws/echo");
  lines.push(`binaryType of WebSocket: ${dropIn.binaryType}`);
  dropIn.close();

  const protocol = await opened("/ws/protocol", { protocols: "soap", auth: { via: "protocol", token } });
  lines.push(`auth via protocol: ${JSON.stringify(given.protocols)}`);
  await protocol.close();
  const query = await opened("/ws/echo", { auth: { via: "query", token } });
  lines.push(`auth via query: ${given.url}`);
  await query.close();
  const { token: good } = await (await fetch("/token")).json();
  const message = await opened("/ws/token?via=message", { auth: { via: "message", token: () => good } });
  lines.push(`auth via message: ${sent[0].replace(good, "…")}`);
  await message.close();
  try {
    new everwire.Client("ws://example.com/", { auth: { via: "message", token } });
  } catch ({ code }) {
    lines.push(`auth over ws: beyond this machine: ${code}`);
  }

  const beating = await opened("/ws/echo", { heartbeat: { interval: 20 } });
  const delivered = [];
  beating.addEventListener("message", ({ data }) => delivered.push(data));
  const words = ["pong", "Pong", "over"];
  words.forEach((word) => beating.send(word));
  while (!delivered.includes("over") || !sent.includes("ping")) await next(beating, "message");
  const swallowed = words.filter((word) => !delivered.includes(word));
  lines.push(`heartbeat.ping: ${JSON.stringify(sent.find((word) => !words.includes(word)))}`, `heartbeat.isPong: ${JSON.stringify(swallowed)}`);
  await beating.close();

  const flooded = new everwire.Client("/ws/fault/flood?count=10005&size=1&kind=text");
  const reader = flooded.messages();
  await flooded.closed;
  let read = 0;
  try {
    for await (const _ of reader) read += 1;
  } catch ({ code }) {
    lines.push(`messages() holds: ${read}, then ${code}`);
  }
  return lines;
}
