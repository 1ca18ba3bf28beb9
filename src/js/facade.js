// What does JavaScript see of a socket? The drop-in class: without layers over the browser's own socket, with layers over a
// pump.

import { call, nameOfCloseCode } from "./engine.js";
import { closeEvent, dispatch, eventWith, originOf } from "./events.js";
import { Life, keepWhileHeard } from "./life.js";
import { bringWebAssembly } from "./loading.js";
import { readOptions } from "./options.js";
import { Pump } from "./pump.js";
import { checkSignal, obey } from "./signal.js";
import { classInPlace, close, letGo, openWire, standIn } from "./wire.js";

/** EventTarget's own, whatever a subclass of ours makes of these names: the browser does not ask it either. */
const { addEventListener, removeEventListener } = EventTarget.prototype;

const CONNECTING = 0, OPEN = 1, CLOSING = 2, CLOSED = 3;
const NAME = { value: "WebSocket", configurable: true };

/** What a class made by `WebSocket.with` was given. */
const layersOf = new WeakMap();

/** The browser's WebSocket, member for member (WHATWG WebSockets §3), over our own; types.d.ts names what differs. */
export class WebSocket extends EventTarget {
  #ear;
  #handlers = new Map();

  constructor(url, protocols = []) {
    wants(1, arguments);
    if (!call) bringWebAssembly();
    super();
    let made = new.target;
    while (made && !layersOf.has(made)) made = Object.getPrototypeOf(made);
    // `${…}` and not String(…), here and below: a Symbol is a TypeError (Web IDL)
    this.#ear = new Ear(this, `${url}`, protocols, made && layersOf.get(made));
  }

  static with(options) {
    const Layered = class extends this {
      constructor(url, ...protocols) { super(...arguments); } // its length is 1, as Web IDL counts
    };
    Object.defineProperty(Layered, "name", NAME);
    layersOf.set(Layered, { ...options });
    return Layered;
  }

  get url() { return this.#ear.url; }
  get protocol() { return this.#ear.ask("protocol"); }
  get extensions() { return this.#ear.ask("extensions"); }
  get readyState() { return this.#ear.readyState; }
  get bufferedAmount() { return this.#ear.ask("bufferedAmount"); }

  get binaryType() { return this.#ear.binaryType; }
  set binaryType(value) {
    const ear = this.#ear; // another receiver is a TypeError before anything else (Web IDL)
    const type = `${value}`;
    if (type === "blob" || type === "arraybuffer") ear.setBinaryType(type); // else ignored
  }

  send(data) {
    const ear = this.#ear;
    wants(1, arguments);
    ear.send(this, data);
  }

  close(code = undefined, reason = undefined) {
    const ear = this.#ear;
    const number = code === undefined ? undefined : clampedShort(code);
    const words = reason === undefined ? "" : `${reason}`;
    if (number !== undefined && number !== 1000 && !(number >= 3000 && number <= 4999)) {
      throw new DOMException(`close code ${number} is neither 1000 nor in 3000 to 4999`, "InvalidAccessError");
    }
    if (new TextEncoder().encode(words).length > 123) {
      throw new DOMException("the close reason is longer than 123 UTF-8 bytes", "SyntaxError");
    }
    // a reason alone goes with 1000: a close frame cannot carry one without a code (RFC 6455 §5.5.1)
    ear.close(number ?? (words ? 1000 : undefined), words);
  }

  // EventTarget's own, with its receivers and its length; beside it, who listens is counted, and nothing is asked twice
  static #isWhole = this.#complete();

  /** Not a static block: engines that Safari 15 and 16.0 are do not know them, and what a build puts in their place is long. */
  static #complete() {
    const constant = (value) => ({ value, enumerable: true });
    const constants = {
      CONNECTING: constant(CONNECTING), OPEN: constant(OPEN), CLOSING: constant(CLOSING), CLOSED: constant(CLOSED),
    };
    Object.defineProperties(this, constants);
    Object.defineProperties(this.prototype, constants);
    for (const type of ["open", "message", "error", "close"]) {
      Object.defineProperties(this.prototype, Object.getOwnPropertyDescriptors({
        get [`on${type}`]() { return this.#handlers.get(type)?.handler ?? null; },
        set [`on${type}`](handler) { this.#handle(type, handler); },
      }));
    }
    for (const name of Object.getOwnPropertyNames(this.prototype)) {
      if (name !== "constructor") Object.defineProperty(this.prototype, name, { enumerable: true });
    }
    keepWhileHeard(this.prototype);
    standIn(this);
    Object.defineProperty(this, "name", NAME); // a minifier has its own idea of it
    Object.defineProperty(this.prototype, Symbol.toStringTag, NAME);
    return true;
  }

  /** An event handler attribute (HTML §8.1.8.1): it takes its place among the listeners when it is first set, keeps it
   *  when it is replaced, and loses it when it is set to null. */
  #handle(type, handler) {
    const current = this.#handlers.get(type);
    if (Object(handler) !== handler) {
      if (!current) return;
      removeEventListener.call(this, type, current.listener);
      this.#handlers.delete(type);
      this.#ear.life.release(this);
    } else if (current) {
      current.handler = handler;
    } else {
      const entry = {
        handler,
        listener: (event) => {
          if (typeof entry.handler === "function" && entry.handler.call(this, event) === false) event.preventDefault();
        },
      };
      this.#handlers.set(type, entry);
      addEventListener.call(this, type, entry.listener);
      this.#ear.life.hold(this);
    }
  }
}

/** What is told of a connection, and what the class remembers. It does not keep the socket alive; see life.js. */
class Ear {
  #socket;
  /** The pump, or the browser's socket; undefined once it is closed, and then `#last` answers. */
  #pump;
  #wire;
  #last;
  #origin;
  #forgetSignal;
  binaryType = "blob";
  url;

  constructor(socket, url, protocols, layers) {
    checkSignal(layers?.signal);
    this.#socket = new WeakRef(socket);
    this.binaryType = layers?.binaryType ?? "blob";
    if (layers) this.#pump = openLayered(this, url, layers, protocols);
    else this.#wire = open(this, url, protocols);
    const [pump, wire] = [this.#pump, this.#wire];
    let forgetSignal;
    this.life = new Life(socket, () => { // it must not lead to the socket
      forgetSignal(); // it may live longer, and would close an engine that is another's by then
      if (pump) pump.release();
      else letGo(wire);
    });
    this.url = this.ask("url");
    this.#origin = originOf(this.url);
    this.#forgetSignal = forgetSignal = obey(layers?.signal, () => this.close(1000, ""));
  }

  get #answers() { return this.#pump ?? this.#wire ?? this.#last; }
  ask(what) { return this.#answers[what]; }
  get readyState() { return this.ask("readyState"); }

  setBinaryType(type) {
    this.binaryType = type;
    const holder = this.#pump ?? this.#wire;
    if (holder) holder.binaryType = type;
  }

  send(socket, data) {
    if (!this.#pump) this.#answers.send(data); // after the close silent, and bufferedAmount grows, as the standard says
    else if (typeof this.#pump.send(data) === "number") this.life.hold(socket); // it waits: a reason to live
  }

  close(code, reason) {
    if (this.#pump) this.#pump.close(code, reason);
    else if (this.#wire) close(this.#wire, code, reason);
  }

  #tell(event) {
    const socket = this.#socket.deref();
    if (socket) dispatch(socket, event);
  }

  // ── from either ──

  open() {
    this.url = this.ask("url");
    this.#tell(new Event("open"));
  }

  message(data) { this.#tell(new MessageEvent("message", { data, origin: this.#origin })); }

  /** With layers, why; that a close code says stop is no failure: its close event follows. */
  error(why) {
    if (why?.code !== "refused/closed") this.#tell(new Event("error"));
  }

  closed(code, reason, wasClean) {
    const last = { readyState: CLOSED, send(data) { this.bufferedAmount += new Blob([data]).size; } };
    for (const what of ["protocol", "extensions", "bufferedAmount"]) last[what] = this.ask(what);
    const [pump, wire] = [this.#pump, this.#wire];
    this.#pump = this.#wire = undefined;
    // from here on nothing is kept alive: the browser's own closed socket answers, or with layers what is remembered
    this.#last = wire ?? last;
    if (pump) pump.release();
    else letGo(wire);
    this.#forgetSignal();
    const socket = this.#socket.deref();
    this.life.end(socket);
    if (socket) dispatch(socket, closeEvent(code, reason, wasClean));
  }

  // ── from layers ──

  down(code, reason, wasClean, willRetry) {
    if (willRetry) this.#tell(closeEvent(code, reason, wasClean)); // else `closed` follows, for the same socket
  }

  drop(data, reason) { this.#tell(eventWith("drop", { data, reason })); }

  gap(received, missed) { this.#tell(eventWith("gap", { received, missed })); }

  settled() {
    const socket = this.#socket.deref();
    if (socket) this.life.release(socket);
  }

  // the standard has no words for these
  state() {}
  retry() {}
  drain() {}
  flushed() {}
}

/** The name of a close code in the IANA registry; undefined for others. */
export function closeCodeName(code) {
  if (!call) bringWebAssembly();
  return nameOfCloseCode(Number(code));
}

/** Opens with the browser's class. */
function open(ear, url, protocols) {
  const found = classInPlace();
  if (typeof found !== "function") throw new Error("everwire: there is no WebSocket in this environment");
  return openWire(found, url, protocols, {
    opened: () => ear.open(),
    received: (data) => ear.message(data),
    failed: () => ear.error(),
    closed: (code, reason, wasClean) => ear.closed(code, reason, wasClean),
  });
}

/** Throws what the standard's constructor throws. */
function openLayered(ear, url, layers, protocols) {
  // Web IDL's (DOMString or sequence<DOMString>)
  const isList = Object(protocols) === protocols && (protocols[Symbol.iterator] ?? null) !== null;
  const offer = Array.from(isList ? protocols : [protocols], (protocol) => `${protocol}`);
  try {
    return new Pump(readOptions(url, layers, offer), ear);
  } catch (error) {
    if (!["misuse/url", "misuse/protocols"].includes(error.code)) throw error;
    throw new DOMException(error.message, "SyntaxError");
  }
}

/** Web IDL: what it needs is there. */
function wants(count, { length }) {
  if (length < count) throw new TypeError(`${count} argument required, but only ${length} present`);
}

/** Web IDL's `[Clamp] unsigned short`: rounded to the nearest, halves to even. */
function clampedShort(value) {
  const clamped = Math.min(Math.max(+value, 0), 65535) || 0;
  const floor = Math.floor(clamped);
  const half = clamped - floor === 0.5;
  return half ? floor + (floor % 2) : Math.round(clamped);
}
