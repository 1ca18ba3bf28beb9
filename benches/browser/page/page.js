// What can the bench ask of its page?
//
// Everyone who is compared opens a connection here and follows a script on it: `atOnce` messages first, one more for each
// that is heard, `sends` in all; then, if it `asks`, the question how many have come. It is over when `hears` are heard.

import { Client, WebSocket as Everwire } from "everwire";
import PartySocket from "partysocket/ws";
import Reconnecting from "reconnecting-websocket";
import { Facade } from "./facade.js";
import { InPage } from "./in_page.js";

const browsers = globalThis.WebSocket;
const RUST = ["web_sys", "everwire_socket", "everwire_events", "everwire_client", "gloo_net", "ws_stream_wasm", "tokio_tungstenite_wasm", "ewebsock"];

/** Who is compared, by the names that the table has. */
const classes = {
  "browser": (url) => new globalThis.WebSocket(url),
  "browser, again": (url) => new globalThis.WebSocket(url),
  "façade by hand": (url) => new Facade(url),
  "everwire WebSocket": (url) => new Everwire(url),
  "everwire WebSocket.with": (url) => new (Everwire.with({ reconnect: true }))(url),
  "everwire Client": (url) => new Client(url, { binaryType: "arraybuffer" }),
  "everwire Client, no limit": (url) => new Client(url, { binaryType: "arraybuffer", limit: false }),
  "reconnecting-websocket": (url) => new Reconnecting(url),
  "partysocket": (url) => new PartySocket(url),
};

/** Each opens an address, and resolves once it is open. */
const arms = Object.fromEntries(Object.entries(classes).map(([name, make]) => [name, (url) => Speaker.open(make(url))]));

for (const program of RUST) {
  const address = `./rust/${program}/${program}.js`;
  const module = import(address).then(async (module) => (await module.default(), module));
  const open = async (url) => new RustSpeaker(await (await module).Connection.open(url));
  arms[`${program} (Rust)`] = open;
  if (program === "web_sys") arms["web_sys, again (Rust)"] = open;
}

/** What WebAssembly takes is in no heap that the browser counts. */
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = function (...given) {
  const instance = new Instance(...given);
  memories.push(instance.exports.memory);
  return instance;
};

const question = "count?"; // what /ws/fault/slow answers

/** Someone with the browser's interface. */
class Speaker {
  #socket;
  #heard = 0;
  #onHeard = () => {};

  static async open(socket) {
    const speaker = new Speaker(socket);
    await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    return speaker;
  }

  constructor(socket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      this.bytes = typeof data === "string" ? data.length : data.byteLength;
      this.#heard += 1;
      this.#onHeard();
    });
  }

  prepare({ binary, size, atOnce = 0, sends = 0, asks = false, hears }) {
    const payload = binary ? new Uint8Array(size).fill(120) : "x".repeat(size);
    this.script = { payload, atOnce, sends, asks, hears };
  }

  async follow() {
    const { payload, atOnce, sends, asks, hears } = this.script;
    const socket = this.#socket;
    const over = new Promise((resolve) => {
      let sent = Math.min(atOnce, sends);
      this.#onHeard = () => {
        if (sent < sends) {
          sent += 1;
          socket.send(payload);
        }
        if (this.#heard >= hears) resolve();
      };
    });
    if (this.#heard >= hears) this.#onHeard(); // a flood does not wait
    for (let number = 0; number < Math.min(atOnce, sends); number += 1) {
      const accepted = socket.send(payload);
      if (typeof accepted?.then === "function") await accepted; // who has back-pressure is used as its docs say
    }
    if (asks) socket.send(question);
    await over;
    this.#heard = 0;
    this.#onHeard = () => {};
  }

  close() {
    this.#socket.close();
  }
}

class RustSpeaker {
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  prepare({ binary = false, size = 0, atOnce = 0, sends = 0, asks = false, hears }) {
    this.#connection.prepare(binary, size, atOnce, sends, asks, hears);
  }

  follow() {
    return this.#connection.follow();
  }

  close() {
    this.#connection.free();
  }
}

globalThis.bench = {
  arms: Object.keys(arms),

  /** Milliseconds of one script on a connection of its own, opened before and used a little. */
  async follow(arm, { inPage, url, script, warm }) {
    globalThis.WebSocket = inPage ? InPage : browsers;
    const speaker = await arms[arm](url);
    if (warm) {
      speaker.prepare({ ...script, ...warm });
      await speaker.follow();
    }
    speaker.prepare(script);
    const began = performance.now();
    await speaker.follow();
    const lasted = performance.now() - began;
    speaker.close();
    await turn();
    return lasted;
  },

  /** The same, but from before it is opened: for what the server sends by itself. */
  async listen(arm, { url, script }) {
    globalThis.WebSocket = browsers;
    const began = performance.now();
    const speaker = await arms[arm](url);
    speaker.prepare(script);
    await speaker.follow();
    const lasted = performance.now() - began;
    speaker.close();
    await turn();
    return lasted;
  },

  /** Milliseconds of the same script on each of `clients` connections at once, which were opened `step` at a time: browsers
   *  delay those who open many. */
  async many(arm, { inPage, url, script, clients, step }) {
    globalThis.WebSocket = inPage ? InPage : browsers;
    const speakers = [];
    while (speakers.length < clients) {
      const opened = Array.from({ length: Math.min(step, clients - speakers.length) }, () => arms[arm](url));
      speakers.push(...(await Promise.all(opened)));
    }
    for (const speaker of speakers) speaker.prepare(script);
    const began = performance.now();
    await Promise.all(speakers.map((speaker) => speaker.follow()));
    const lasted = performance.now() - began;
    for (const speaker of speakers) speaker.close();
    await turn();
    return lasted;
  },

  /** Milliseconds from when the socket's death is told until a message has gone there and come back again. */
  reconnect(arm, { url }) {
    globalThis.WebSocket = browsers;
    const socket = classes[arm](url);
    return new Promise((resolve) => {
      let died;
      const onDeath = () => (died ??= performance.now());
      socket.addEventListener("down", onDeath);
      socket.addEventListener("close", onDeath);
      socket.addEventListener("open", () => socket.send("are you there"));
      socket.addEventListener("message", () => {
        if (died === undefined) return;
        resolve(performance.now() - died);
        socket.close();
      });
    });
  },

  /** Milliseconds for a thousand more messages where `queued` wait, and for all of them to go when the browser takes them again. */
  async queue(queued) {
    globalThis.WebSocket = InPage;
    const messages = queued + MORE;
    const options = { limit: {}, queue: { maxMessages: messages, maxBytes: 1e12 } };
    const socket = new (Everwire.with(options))("/");
    await new Promise((resolve) => (socket.onopen = resolve));
    InPage.fill(1e9);
    for (let number = 0; number < queued; number += 1) socket.send("a message");
    const began = performance.now();
    for (let number = 0; number < MORE; number += 1) socket.send("a message");
    const put = performance.now() - began;
    const gone = InPage.fill(0, messages);
    const taken = await gone;
    socket.close();
    await turn();
    return { put, taken };
  },

  /** Makes so many, in the page's own world, and keeps them until `release()`. */
  async hold(arm, clients) {
    globalThis.WebSocket = InPage;
    held = await Promise.all(Array.from({ length: clients }, () => arms[arm]("/")));
  },

  /** One that is not open yet, with so many messages that wait. */
  holdQueue(arm, messages) {
    globalThis.WebSocket = class extends InPage {
      dispatchEvent() { return true; } // it never says that it is open
    };
    const socket = classes[arm]("/");
    for (let number = 0; number < messages; number += 1) Promise.resolve(socket.send(`message ${number}`)).catch(() => {});
    held = socket;
  },

  release() {
    for (const one of [held].flat()) one.close();
    held = undefined;
  },

  /** Bytes of WebAssembly's memories. */
  memory: () => memories.reduce((bytes, { buffer }) => bytes + buffer.byteLength, 0),
};

const MORE = 1_000;
let held;

/** A turn of the event loop, in which what was closed says so. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), resolve());
    port2.postMessage(null);
  });
}
