// What did a caller ask for?
//
// Read field by field: an error names the option by its path. The engine is told in numbers (options.rs), and the rest
// stays here. Which options there are stands here, what they are when nothing is said in Rust.

import { Asked } from "./asked.js";
import { EverwireError } from "./error.js";

/** `protocols`: the second argument of the drop-in's constructor; none for a client, whose options have them. */
export function readOptions(url, options, protocols) {
  const all = new Reader(options, "");
  const isDropIn = protocols !== undefined;
  const reconnect = all.layer("reconnect", !isDropIn);
  const numbers = [isDropIn, reconnect.isOn, reconnect.span("minDelay"), reconnect.span("maxDelay"), reconnect.number("factor")];
  const attempts = reconnect.number("attempts");
  if (Number.isFinite(attempts) && attempts % 1 !== 0) throw reconnect.must("attempts", "a whole number, or Infinity");
  numbers.push(attempts, reconnect.span("stableAfter"));
  const asked = { shouldRetry: reconnect.callback("shouldRetry") };
  numbers.push(asked.shouldRetry !== undefined);

  const auth = all.layer("auth", false);
  let carriage;
  if (auth.isOn) {
    asked.token = auth.callback("token");
    if (!asked.token) throw auth.must("token", "a function that gives a token");
    const name = auth.string("name"), via = auth.string("via");
    if (typeof NAMES[via] !== "string") throw auth.must("via", '"protocol", "query" or "message"');
    carriage = { via, name: name ?? NAMES[via] };
  }
  numbers.push(auth.isOn, carriage?.via === "message", auth.span("timeout"), auth.span("refreshBefore"));
  const insecure = auth.boolean("insecure") ?? false;
  asked.message = auth.callback("message");
  asked.reply = auth.callback("reply");

  const heartbeat = all.layer("heartbeat", false);
  numbers.push(heartbeat.isOn, heartbeat.span("interval"), heartbeat.span("timeout"));
  asked.ping = heartbeat.get("ping");
  if (asked.ping !== undefined && typeof asked.ping !== "function" && !isData(asked.ping)) {
    throw heartbeat.must("ping", "a string, binary data, or a function that gives either");
  }
  asked.isPong = heartbeat.callback("isPong");

  const limit = all.layer("limit", !isDropIn);
  numbers.push(limit.isOn, limit.count("highWater"), limit.count("lowWater"), limit.span("pollInterval"));
  numbers.push(limit.number("messagesPerSecond"), limit.number("bytesPerSecond"), limit.count("burst"), limit.count("burstBytes"));

  const queue = all.layer("queue", false);
  numbers.push(queue.isOn, queue.count("maxMessages"), queue.count("maxBytes"));
  const overflow = ["reject", "drop-oldest", "drop-newest"].indexOf(queue.string("overflow") ?? "reject");
  if (overflow < 0) throw queue.must("overflow", '"reject", "drop-oldest" or "drop-newest"');
  const session = all.layer("session", false);
  numbers.push(overflow, session.isOn, session.boolean("required") ?? false, Array.isArray(url) ? url.length : 1);
  numbers.push(all.span("connectTimeout"), patienceAfterFailure(), all.span("closeTimeout"));

  const offer = all.get("protocols");
  const binaryType = all.string("binaryType") ?? (isDropIn ? "blob" : "arraybuffer");
  if (!["blob", "arraybuffer"].includes(binaryType)) throw all.must("binaryType", '"blob" or "arraybuffer"');
  asked.trace = all.callback("trace");
  return {
    numbers: numbers.map(Number),
    carriage: carriage && { ...carriage, insecure },
    binaryType,
    resends: reconnect.isOn,
    hasSession: session.isOn,
    traces: asked.trace !== undefined,
    Class: all.callback("WebSocket"),
    asked: new Asked(url, protocols ?? (offer === undefined ? [] : offer), asked),
  };
}

/** What carries a token, and by which name if none is given. */
const NAMES = { protocol: "bearer.", query: "access_token", message: "" };

/** Firefox, which alone has an InternalError, waits by itself, up to 17 s, before it tries again what has failed. */
function patienceAfterFailure() { return typeof InternalError === "function" ? 20_000_000 : 0; }

/** An object of options, and what stands before its members' names. `undefined` is always the default. */
class Reader {
  #object;
  #path;

  constructor(object, path, isOn = true) {
    if (object !== undefined && (typeof object !== "object" || object === null)) {
      throw misuse(`${path || "options"} must be an object`);
    }
    this.#object = object;
    this.#path = path;
    this.isOn = isOn;
  }

  get(name) { return this.#object?.[name]; }

  must(name, must) { return misuse(`${this.#path}${this.#path && "."}${name} must be ${must}`); }

  /** A layer's options: `true` takes its defaults, `false` leaves it out. */
  layer(name, byDefault) {
    const value = this.get(name);
    if (value === true && name === "auth") throw this.must(name, "an object: it has no defaults");
    if (typeof value !== "boolean") return new Reader(value, name, value === undefined ? byDefault : true);
    if (name === "queue") throw this.must(name, "an object: its bounds are options of it");
    return new Reader(undefined, name, value);
  }

  /** NaN: nothing was said. */
  number(name) {
    const value = this.get(name);
    if (value === undefined) return NaN;
    if (typeof value !== "number" || Number.isNaN(value)) throw this.must(name, "a number");
    return value;
  }

  /** From milliseconds, a fraction too, to whole microseconds; `Infinity` never comes. */
  span(name) {
    const millis = this.number(name);
    if (millis < 0) throw this.must(name, "at least 0 (milliseconds)");
    return Math.ceil(millis * 1_000);
  }

  /** A whole number of something; `Infinity` is no bound. */
  count(name) {
    const count = this.number(name);
    if (count < 0 || (Number.isFinite(count) && count % 1 !== 0)) throw this.must(name, "a whole number of at least 0, or Infinity");
    return count;
  }

  string(name) { return this.#of("string", name, "a string"); }
  boolean(name) { return this.#of("boolean", name, "true or false"); }
  callback(name) { return this.#of("function", name, "a function"); }

  #of(type, name, must) {
    const value = this.get(name);
    if (value !== undefined && typeof value !== type) throw this.must(name, must);
    return value;
  }
}

/** Sent as it is; another realm's, too. */
function isData(value) {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return ArrayBuffer.isView(value) || ["String", "ArrayBuffer", "Blob", "File"].includes(tag);
}

function misuse(sentence) {
  return new EverwireError("misuse/option", sentence);
}
