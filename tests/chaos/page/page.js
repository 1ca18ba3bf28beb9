// What became of each message, when many clients send theirs to an echo?
//
// An arm opens a client: `open({ urls, onMessage, onOpen, onTrouble })` gives `{ send, close }`, and `send` resolves when it may
// go on. One that `keeps` says its last message once, since it must come back; without a session it is said on each socket.

import { Client } from "/pkg/embedded.js";
import { ByHand } from "./by_hand.js";
import { message, numberOf } from "./messages.js";

const arms = {
  session: { keeps: true, open: (told) => everwire(told, { url: told.urls, session: { required: true } }) },
  "by-hand": { keeps: true, open: (told) => new ByHand(told) },
  plain: { keeps: false, open: (told) => everwire(told, { url: inTurn(told.urls), heartbeat: { ...HEARTBEAT, ping: PING, isPong: (data) => data === PING } }) },
};

/** The same for all arms: what is lost is not to be a matter of patience. */
const HEARTBEAT = { interval: 1_000, timeout: 1_000 };
const PING = "are you there";

function everwire({ onMessage, onOpen, onTrouble }, { url, ...options }) {
  const client = new Client(url, {
    heartbeat: HEARTBEAT,
    reconnect: { minDelay: 20, maxDelay: 1_000 },
    connectTimeout: 3_000,
    // Not megabytes that are as good as sent: a page that sends as it goes.
    limit: { highWater: 65_536 },
    ...options,
  });
  client.addEventListener("message", ({ data }) => onMessage(data));
  client.addEventListener("open", (event) => onOpen(event.resumed));
  client.addEventListener("drop", ({ reason }) => onTrouble(`a message was dropped: ${reason}`));
  client.addEventListener("close", ({ code, reason }) => onTrouble(`closed for good: ${code} ${reason}`));
  return { send: (data) => client.send(data), close: () => client.close() };
}

/** One address after the other. */
function inTurn(urls) {
  let turn = 0;
  return () => urls[turn++ % urls.length];
}

/** One client, and what it saw. */
class Witness {
  /** Its number. */
  client;
  sent = 0;
  /** Different ones that came back, the highest of them, and what should not have been. */
  seen = 0;
  highest = 0;
  doubled = 0;
  reordered = 0;
  garbled = 0;
  /** Sockets that were opened, and how many of them went on with the session. */
  opened = 0;
  resumed = 0;
  isOver = false;
  troubles = [];
  #speaker;
  #arm;
  #came;
  #sending = Promise.resolve();
  #isAtLast = false;
  #latest = 0;

  constructor(client, messages, arm, urls) {
    this.client = client;
    this.#came = new Uint8Array(messages + 1);
    this.#arm = arms[arm];
    this.#speaker = this.#arm.open({
      urls,
      onMessage: (data) => this.#onMessage(data),
      onOpen: (resumed) => this.#onOpen(resumed),
      onTrouble: (what) => this.#tell(what),
    });
  }

  /** Sends as far as it may, after what it is sending already. */
  send(upTo) {
    this.#sending = this.#sending.then(async () => {
      while (this.sent < upTo) {
        this.sent += 1;
        await this.#speaker.send(message(this.client, this.sent));
      }
    });
    return this.#sending;
  }

  /** What comes back after all the others. */
  sayLast() {
    this.#sending = this.#sending.then(() => {
      this.#isAtLast = true;
      return this.#speaker.send(LAST);
    });
    return this.#sending;
  }

  #onOpen(resumed) {
    this.opened += 1;
    if (resumed) this.resumed += 1;
    if (!this.#arm.keeps) return void (this.#isAtLast && tried(this, this.sayLast()));
    if (resumed === undefined) this.#tell("this package knows no sessions");
    if (!resumed && this.opened > 1) this.#tell("a new session");
  }

  #tell(what) {
    if (!this.isOver) this.troubles.push(`client ${this.client}, after ${Math.round(performance.now())} ms: ${what}`);
  }

  #onMessage(data) {
    if (data === LAST) {
      if (this.isOver) return void (this.doubled += this.#arm.keeps ? 1 : 0);
      this.isOver = true;
      this.#speaker.close();
      return;
    }
    const number = numberOf(this.client, data);
    if (!number) return void (this.garbled += 1);
    if (this.#arm.keeps && number !== this.#latest + 1) this.#tell(`${number} came after ${this.#latest}, on socket ${this.opened}`);
    this.#latest = number;
    if (this.#came[number]) return void (this.doubled += 1);
    this.#came[number] = 1;
    this.seen += 1;
    if (number < this.highest) this.reordered += 1;
    else this.highest = number;
  }
}

function tried(witness, sending) {
  sending.catch(({ message }) => witness.isOver || witness.troubles.push(message));
}

const LAST = "that was all";
let witnesses = [];
/** Which arm, and the number of this tab's first client. */
let running = {};

/** The other tabs: what is said to one is said to all, and each tells where it stands. */
const others = new BroadcastChannel("chaos");
const heard = new Map();
others.onmessage = ({ data: { order, upTo, arm, first, standing } }) => {
  if (order) orders[order](upTo);
  else if (arm === running.arm) heard.set(first, standing);
};

const orders = {
  allow(upTo) {
    for (const witness of witnesses) tried(witness, witness.send(upTo));
  },
  finish() {
    for (const witness of witnesses) tried(witness, witness.sayLast());
  },
};

function standing() {
  const sum = (name) => witnesses.reduce((sum, witness) => sum + Number(witness[name]), 0);
  const names = ["sent", "seen", "highest", "doubled", "reordered", "garbled", "opened", "resumed", "isOver"];
  return { ...Object.fromEntries(names.map((name) => [name, sum(name)])), troubles: witnesses.flatMap(({ troubles }) => troubles) };
}

function added(one, other) {
  return Array.isArray(one) ? [...one, ...other] : one + other;
}

globalThis.chaos = {
  /** `urls`: for each client of this tab a list; `first` is the number of the first. */
  begin(arm, messages, urls, first) {
    running = { arm, first };
    witnesses = urls.map((urls, index) => new Witness(first + index, messages, arm, urls));
    setInterval(() => others.postMessage({ ...running, standing: standing() }), 100);
  },

  /** Each client, in all tabs, may have sent so many. */
  allow(upTo) {
    others.postMessage({ order: "allow", upTo });
    orders.allow(upTo);
  },

  /** That was all; `standing()` tells when it has come back to everybody. */
  finish() {
    others.postMessage({ order: "finish" });
    orders.finish();
  },

  /** The sums over all tabs. */
  standing() {
    const sum = (all, one) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, added(value, one[name])]));
    return [...heard.values()].reduce(sum, standing());
  },

  /** Who is not through, and how far, in this tab. */
  stuck: () => witnesses.filter(({ isOver }) => !isOver).map(({ client, sent, seen, highest, opened }) => ({ client, sent, seen, highest, opened })),
};
