// What does a session cost while nothing goes wrong?
//
// With a driver running, the package built (`cargo xtask build`) and a server that is fast (`--release`):
//
//   EVERWIRE_BROWSER=chromium EVERWIRE_WEBDRIVER=http://127.0.0.1:4444 \
//     EVERWIRE_SERVER=target/release/everwire-server node benches/session.mjs
//
// Each round every arm sends the same to an echo, in an order that turns, in one page, and is told beside the Client without a
// session of the same round. `Client, again` is that Client once more: what this machine can tell apart. First the server's own
// echo, where the server, the browser and the network are in the figures, too; then one in the page that speaks the protocol,
// which leaves what the package itself takes.

import { join } from "node:path";
import { differences, interval, isAtMost, ratios } from "./browser/statistics.mjs";
import { openBrowser } from "../tests/webdriver/browser.mjs";
import { root } from "../tests/webdriver/environment.mjs";
import { startServer } from "../tests/webdriver/server.mjs";
import { until } from "../tests/webdriver/until.mjs";

const ROUNDS = Number(process.env.EVERWIRE_ROUNDS ?? 21);
/** A session may take at most so much of a Client's time. */
const MARK = 1.05;

/** So many messages of so many bytes there and back, with so many under way. */
const WORKS = {
  "text 32 B, one after the other": { bytes: 32, count: 2_000, ahead: 1 },
  "text 32 B, 64 under way": { bytes: 32, count: 20_000, ahead: 64 },
  "text 1 KiB, 64 under way": { bytes: 1_024, count: 10_000, ahead: 64 },
  "binary 64 KiB, 16 under way": { bytes: 65_536, count: 1_000, ahead: 16, isBinary: true },
};
const IN_PAGE = {
  "text 32 B, one after the other": { bytes: 32, count: 20_000, ahead: 1, isInPage: true },
  "text 32 B, 64 under way": { bytes: 32, count: 20_000, ahead: 64, isInPage: true },
  "text 1 KiB, 64 under way": { bytes: 1_024, count: 20_000, ahead: 64, isInPage: true },
  "binary 1 KiB, 64 under way": { bytes: 1_024, count: 20_000, ahead: 64, isBinary: true, isInPage: true },
  "binary 64 KiB, 16 under way": { bytes: 65_536, count: 1_000, ahead: 16, isBinary: true, isInPage: true },
};
const ARMS = { Client: {}, "Client, again": {}, "Client, session": { session: true } };
const OTHERS = Object.keys(ARMS).slice(1);

const browser = await openBrowser();
const server = await startServer({ pages: join(root, "tests/package/page"), options: ["--no-deflate"] });
try {
  await browser.driver.get(server.url);
  await until("the package is imported", () => browser.run(() => "everwire" in globalThis));
  await browser.run(() => everwire.init().then(() => null));
  await browser.run(echoInPage);
  console.log(`${browser.name}, ${ROUNDS} rounds: medians, and the 95 % interval`);
  for (const [name, work] of Object.entries(WORKS)) {
    const times = await rounds(work);
    for (const arm of OTHERS) {
      const ratio = ratios(times[arm], times.Client);
      const verdict = `at most ${MARK}: ${isAtMost(ratio, MARK)}`;
      console.log(`${name.padEnd(33)}${arm.padEnd(17)}${spread(ratio)} of the Client's time; ${verdict}`);
    }
  }
  for (const [name, work] of Object.entries(IN_PAGE)) {
    const times = await rounds(work);
    const perMessage = (milliseconds) => (milliseconds * 1000) / work.count;
    const [base, ...others] = Object.keys(ARMS).map((arm) => times[arm].map(perMessage));
    console.log(`in the page, ${name.padEnd(33)}${"Client".padEnd(17)}${spread(interval(base))} µs a message`);
    for (const [place, arm] of OTHERS.entries()) {
      const more = spread(differences(others[place], base));
      console.log(`in the page, ${name.padEnd(33)}${arm.padEnd(17)}${more} µs more`);
    }
  }
} finally {
  await browser.driver.quit();
  await server.stop();
}

function spread({ median, low, high }) {
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** The times of each arm, round by round. */
async function rounds(work) {
  const times = Object.fromEntries(Object.keys(ARMS).map((arm) => [arm, []]));
  for (const options of Object.values(ARMS)) await measure(options, work); // once for nothing: code is compiled
  for (let round = 0; round < ROUNDS; round += 1) {
    const arms = Object.keys(ARMS);
    const turn = round % arms.length;
    for (const arm of [...arms.slice(turn), ...arms.slice(0, turn)]) times[arm].push(await measure(ARMS[arm], work));
  }
  return times;
}

/** Milliseconds, from the first `send()` to the last echo. */
function measure(options, work) {
  return browser.run(
    async (options, { bytes, count, ahead, isBinary, isInPage }) => {
      globalThis.WebSocket = isInPage ? echoing : browsers;
      const client = new everwire.Client("/ws/echo", { binaryType: "arraybuffer", ...options });
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

/** Defines `echoing`: a WebSocket that answers in the page, in a task as the browser's does, and speaks everwire.1 where it is asked for. */
function echoInPage() {
  const { port1: inward, port2: outward } = new MessageChannel();
  const due = [];
  inward.onmessage = () => due.shift()();
  const later = (task) => {
    due.push(task);
    outward.postMessage(0);
  };
  const EVERY = 64;
  const BYTES = 1_048_576;
  globalThis.browsers = WebSocket;
  globalThis.echoing = class extends EventTarget {
    binaryType = "blob";
    bufferedAmount = 0;
    extensions = "";
    readyState = 0;
    #received = 0;
    #acknowledged = 0;
    #bytes = 0;

    constructor(url, protocols = []) {
      super();
      this.url = url;
      this.protocol = [protocols].flat().includes("everwire.1") ? "everwire.1" : "";
      later(() => {
        this.readyState = 1;
        this.dispatchEvent(new Event("open"));
      });
    }

    send(data) {
      if (this.protocol && data[0] === "\0") {
        if (data.includes("hello")) this.#say(`\0{"type":"welcome","session":"${"s".repeat(22)}","resumed":false,"received":0,"window":120,"mostMessages":1000,"mostBytes":4194304,"ackMessages":${EVERY},"ackBytes":${BYTES},"ackAfter":500}`);
        if (data.includes("bye")) {
          this.#acknowledge();
          this.close(1000);
        }
        return;
      }
      this.#received += 1;
      this.#say(typeof data === "string" ? data : data.slice().buffer);
      this.#bytes += data.byteLength ?? data.length;
      if (this.protocol && (this.#received - this.#acknowledged >= EVERY || this.#bytes >= BYTES)) this.#acknowledge();
    }

    #acknowledge() {
      this.#acknowledged = this.#received;
      this.#bytes = 0;
      this.#say(`\0{"type":"ack","received":${this.#received}}`);
    }

    #say(data) {
      later(() => this.dispatchEvent(new MessageEvent("message", { data })));
    }

    close(code = 1005, reason = "") {
      this.readyState = 2;
      later(() => {
        this.readyState = 3;
        this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: true }));
      });
    }
  };
  for (const type of ["open", "message", "error", "close"]) {
    Object.defineProperty(echoing.prototype, `on${type}`, {
      set(handler) {
        this.addEventListener(type, handler);
      },
    });
  }
}
