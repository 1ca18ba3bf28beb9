// How does JavaScript talk with the engine?
//
// Facts and wishes in, orders and news out, as objects here and as a row of numbers in WebAssembly's memory (row.rs).
// Times are microseconds. The lists stand in Rust as well, in the same order: said.rs, told.rs, options.rs.

import { EverwireError } from "./error.js";

/** Rust's one function, and its memory; undefined until it is loaded. */
export let call;
let memory;

/** From Rust, once it is loaded. */
export function install(rust, wasmMemory) {
  call = rust;
  memory = wasmMemory;
  makeRoom(MOST_PASSED * PASSED + 256);
}

// ── the row ──

let row = [], address, room = 0, at = 0;

/** Calls Rust, and finds the row where it is then: it moves when it grows, and a memory that grows leaves its views empty. */
function ask(what, about) {
  const now = call(what, about) >>> 0;
  if (now !== address || row.length === 0) row = new Float64Array(memory.buffer, now);
  address = now;
  at = 0;
}

function makeRoom(numbers) {
  const here = at;
  ask(ROOM, numbers);
  room = numbers;
  at = here;
}

function put(number) { row[at++] = number; }
function next() { return row[at++]; }

const [ROOM, MAKE, RELEASE, HANDLE, STATS, CHECK_CLOSE, NAME] = [0, 1, 2, 3, 4, 5, 6];

/** How many may pass before the engine is told, how many of their bytes, and the numbers of each. */
const MOST_PASSED = 64, MOST_PASSED_BYTES = 256 * 1024, PASSED = 6;
export const ASKED = 0, DELIVERED_UNLESS_PONG = 2, ARRIVED = -1, PONG = -2;

// ── what a number stands for ──

/** Not said: NaN. */
const number = {
  put(value) { put(value ?? NaN); },
  next() {
    const value = next();
    return value === value ? value : undefined;
  },
  /** As a trace shows it. */
  shown: (value) => (value === Infinity ? null : value),
};

const time = { ...number, shown: (micros) => (micros === Infinity ? null : micros / 1_000) };
const flag = { ...number, put(value) { put(value ? 1 : 0); }, next: () => next() === 1 };

const text = {
  ...number,
  put(value = "") {
    const characters = Array.from(value, (character) => character.codePointAt(0));
    if (at + characters.length + FIELDS > room) makeRoom(at + characters.length + FIELDS);
    put(characters.length);
    characters.forEach(put);
  },
  next() {
    const length = number.next();
    return length === undefined ? undefined : new TextDecoder().decode(Uint8Array.from({ length }, next));
  },
};
/** More than any entry of the lists below has. */
const FIELDS = 64;

const oneOf = (...names) => ({ ...number, put(value) { put(names.indexOf(value)); }, next: () => names[next()] });

export const STATES = ["connecting", "open", "waiting", "closing", "closed"];
const DROPS = ["overflow", "expired", "volatile", "aborted", "closed", "unsendable", "unconfirmed"];

const meanings = {
  number, time, flag, text,
  yesOrNo: { ...number, next: () => [false, true][next()] },
  kind: oneOf("text", "binary"),
  frame: oneOf("Message", "Ping", "Auth", "Hello", "Again", "Ack", "Pong", "Bye"),
  heard: oneOf("nonsense", "welcome", "ack", "gap", "ping", "pong", "authenticated", "bye"),
  state: oneOf(...STATES),
  asked: oneOf("first", "expiring", "refused"),
  dropped: { ...oneOf(...DROPS), shown: (reason) => `dropped/${reason}` },
  verdict: oneOf("accepted", "refused", "pong", "message"),
  advice: oneOf(undefined, "retry", "stop", "retry-after"),
  via: oneOf("handshake", "message"),
  overflow: oneOf("reject", "drop-oldest", "drop-newest"),
};

/** `"Send id kind:kind ttl:time"`: its name, and its fields by what their numbers mean. */
const listed = (lines) => lines.map((line) => {
  const [name, ...fields] = line.split(" ");
  return {
    name,
    fields: fields.map((field) => {
      const [name, meaning = "number"] = field.split(":");
      return { name, ...meanings[meaning] };
    }),
  };
});

const INPUTS = listed([
  "Connect", "Send id kind:kind size ttl:time volatile:flag acknowledged:flag", "TakeBack id", "Flush id", "Disconnect code reason:text",
  "Elapsed", "Woke",
  "NotOpened socket", "Opened socket", "Received socket kind:kind size", "Judged socket kind:kind size verdict:verdict",
  "Transmitted socket bytes", "NotTransmitted socket", "Buffered socket bytes",
  "Closed socket code reason:text wasClean:flag unsent", "Advised socket advice:advice delay:time",
  "Token ask expires:time", "NoToken ask",
  "Online", "Offline", "Visible", "Hidden", "Resumed", "Restored",
  "Agreed socket",
  "Control socket type:heard resumed:flag received from to window mostMessages mostBytes ackMessages ackBytes ackAfter after place",
]);
const inputs = new Map(INPUTS.map(({ name, fields }, number) => [name, { number, fields }]));

const ORDERS = listed([
  "Open socket attempt", "Transmit socket frame:frame id kind:kind size", "Close socket code reason:text",
  "FetchToken ask reason:asked attempt", "CancelToken ask", "Judge socket kind:kind size reply:flag pong:flag",
  "AskRetry socket code reason:text wasClean:flag attempt", "Aim place offersSession:flag",
]);
const NEWS = listed([
  "State state:state", "Open attempt reconnected:flag resumed:yesOrNo", "Message kind:kind size",
  "Down code reason:text wasClean:flag willRetry:flag messages bytes", "Retry attempt delay:time",
  "Error error:text message:text code attempts", "Settled id error:dropped", "Dropped id kind:kind size error:dropped",
  "Drain", "Flushed id complete:flag", "Closed code reason:text wasClean:flag", "Gap received missed",
]);
const FORGOTTEN = ORDERS.length + NEWS.length;

const OPTIONS = listed([
  "reconnect minDelay:time maxDelay:time factor attempts stableAfter:time shouldRetry:flag",
  "auth via:via timeout:time refreshBefore:time",
  "heartbeat interval:time timeout:time",
  "limit highWater lowWater pollInterval:time messagesPerSecond bytesPerSecond burst burstBytes",
  "queue maxMessages maxBytes overflow:overflow",
  "session required:flag",
  " places connectTimeout:time connectTimeoutAfterFailure:time closeTimeout:time",
]);

// ── the engine ──

/** One client's engine (src/engine/client.rs). It must be released. */
export class Engine {
  state = "connecting";
  /** When it wants to be told that time has passed. */
  deadline = Infinity;
  /** What it was made with, every default in its place, as a trace tells it. */
  options;
  /** The package's. */
  version;
  /** While so much waits in the browser, at most, a message may be handed over unasked; -1: none may. Whether one that arrives
   *  may be delivered unasked: ASKED, DELIVERED, or DELIVERED_UNLESS_PONG (engine/client/passing.rs). */
  mayPass = -1;
  arrivals = ASKED;
  #number;
  /** What has passed unasked and the engine does not know of yet, in its own row. */
  #passed = [];
  #passedBytes = 0;

  /** `numbers`: from options.js. Throws what is wrong with them. */
  constructor(seed, numbers) {
    at = 0;
    put(seed);
    numbers.forEach(put);
    ask(MAKE);
    this.#number = next();
    if (this.#number === 0) throw new EverwireError("misuse/option", text.next());
    this.options = Object.assign({}, ...OPTIONS.map(({ name, fields }) => {
      const isOn = flag.next();
      const layer = shown(fields, Object.fromEntries(fields.map((field) => [field.name, field.next()])));
      return isOn && (name ? { [name]: layer } : layer);
    }));
    this.version = text.next();
  }

  /** Whether so many bytes more may pass before it is told. */
  hasRoomFor(size) { return this.#passedBytes + size <= MOST_PASSED_BYTES; }

  /** One was handed to the browser then, under this number, which held so much before and counts it as so many bytes. Or it
   *  arrived and was delivered; its number is then ARRIVED, or PONG of what was kept back. Whether the engine should be told
   *  now: it keeps what it has not heard of. */
  passed(then, { kind, size }, id, before = 0, bytes = 0) {
    this.#passed.push(then, kind === "binary" ? 1 : 0, size, id, before, bytes);
    this.#passedBytes += size;
    if (before + bytes > this.mayPass) this.mayPass = -1;
    return this.#passed.length === MOST_PASSED * PASSED || this.#passedBytes >= MOST_PASSED_BYTES;
  }

  /** Says it, and before it what has passed since, and, where a socket is `open`, what its browser's buffer holds. Calls `answer` with each order
   *  (`isNews`: of its news) and `forget` with each message that need not be kept any more; neither may call the engine. */
  handle(now, open, bytes, input, answer, forget) {
    const { number, fields } = inputs.get(input.in);
    this.#tellPassed();
    put(now);
    put(open ?? NaN);
    put(bytes);
    put(number);
    for (const field of fields) field.put(input[field.name]);
    ask(HANDLE, this.#number);
    const end = next();
    this.deadline = next();
    this.state = STATES[next()];
    this.mayPass = next();
    this.arrivals = next();
    while (at < end) {
      const number = next();
      if (number === FORGOTTEN) {
        forget(next());
        continue;
      }
      const isNews = number >= ORDERS.length;
      const { name, fields } = isNews ? NEWS[number - ORDERS.length] : ORDERS[number];
      const order = { out: name, isNews };
      for (const field of fields) order[field.name] = field.next();
      answer(order, fields);
    }
  }

  #tellPassed() {
    at = 0;
    const passed = this.#passed;
    put(passed.length / PASSED);
    if (passed.length === 0) return;
    row.set(passed, at);
    at += passed.length;
    this.#passed = [];
    this.#passedBytes = 0;
  }

  stats() {
    this.#tellPassed();
    ask(STATS, this.#number);
    const [
      attempts, connects, messagesSent, messagesReceived, bytesSent, bytesReceived, queuedMessages, queuedBytes,
    ] = Array.from({ length: 8 }, next);
    return {
      attempts, connects, messagesSent, messagesReceived, bytesSent, bytesReceived, queuedMessages, queuedBytes,
      roundTrip: number.next(), connectedSince: number.next(),
    };
  }

  release() { ask(RELEASE, this.#number); }
}

/** Throws what is wrong with the code and the reason of a close. */
export function checkClose(code, reason) {
  if (code !== undefined && !(Number.isInteger(code) && code >= 0 && code <= 65_535)) {
    throw new EverwireError("misuse/close", "a close code is 1000 or 3000 to 4999");
  }
  at = 0;
  put(code ?? 1000);
  text.put(reason);
  ask(CHECK_CLOSE);
  const wrong = text.next();
  if (wrong) throw new EverwireError("misuse/close", wrong);
}

/** In the IANA registry. */
export function nameOfCloseCode(code) {
  at = 0;
  put(Number.isInteger(code) && code >= 0 && code <= 65_535 ? code : 0);
  ask(NAME);
  return text.next() || undefined;
}

// ── the trace ──

/** An input as a trace tells it: enough to replay it on any machine (tests/replay), and nothing secret. */
export function tracedInput(now, input) {
  return { at: now / 1_000, in: input.in, ...shown(inputs.get(input.in).fields, input) };
}

/** An order, or news. */
export function tracedOutput(now, { isNews, out, ...order }, fields) {
  const told = fields.filter(({ name }) => name !== "message"); // of an error, for people
  return { at: now / 1_000, ...(isNews ? { out: "Tell", event: out } : { out }), ...shown(told, order) };
}

/** What was said of them. It survives JSON: what was not said is absent, what has no bound is null. */
function shown(fields, values) {
  const said = fields.filter(({ name }) => values[name] !== undefined);
  return Object.fromEntries(said.map(({ name, shown }) => [name, shown(values[name])]));
}
