// What does JavaScript see of a socket? The drop-in class, thin: an exported Rust struct can neither extend EventTarget
// nor carry static constants. Rust hands it what it calls on start.

import { closeEvent, dispatch, eventWith, originOf } from "./events.js";
import { Life } from "./life.js";
import { bringWebAssembly } from "./loading.js";
import { readOptions } from "./options.js";
import { checkSignal, obey } from "./signal.js";

/** What Rust answers to, each by the number of a connection: of a bare socket (web_socket.rs), and of one with layers
 *  (client.rs). */
let sockets, pumps;
/** The browser's class, as it is before a page can put ours in its place. */
const browserClass = globalThis.WebSocket;
/** EventTarget's own, whatever a subclass of ours makes of these names: the browser does not ask it either. */
const { addEventListener, removeEventListener } = EventTarget.prototype;

export function installSockets(functions) {
  sockets = functions;
}

export function installLayers(functions) {
  pumps = functions;
}

const CONNECTING = 0, OPEN = 1, CLOSING = 2, CLOSED = 3;

/** What a class made by `WebSocket.with` was given. */
const layersOf = new WeakMap();

/** The browser's WebSocket, member for member (WHATWG WebSockets §3), over our own; types.d.ts names what differs. */
export class WebSocket extends EventTarget {
  #ear;
  #handlers = new Map();

  constructor(url, protocols = []) {
    if (arguments.length === 0) throw new TypeError("WebSocket: a URL is required");
    if (!sockets) bringWebAssembly();
    super();
    let made = new.target;
    while (made && !layersOf.has(made)) made = Object.getPrototypeOf(made);
    // `${…}` and not String(…), here and below: a Symbol is a TypeError (Web IDL)
    this.#ear = new Ear(this, `${url}`, protocols, made && layersOf.get(made));
  }

  static with(options) {
    // it takes its name from the key, which no minifier changes
    const { WebSocket: Layered } = {
      WebSocket: class extends this {
        constructor(url, ...protocols) { super(...arguments); } // its length is 1, as Web IDL counts
      },
    };
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
    const type = `${value}`;
    if (type === "blob" || type === "arraybuffer") this.#ear.setBinaryType(type); // else ignored (Web IDL)
  }

  send(data) {
    if (arguments.length === 0) throw new TypeError("WebSocket.send: data is required");
    this.#ear.send(this, data);
  }

  close(code = undefined, reason = undefined) {
    const ear = this.#ear; // another receiver is a TypeError before anything else (Web IDL)
    const number = code === undefined ? undefined : clampedShort(code);
    const words = reason === undefined ? "" : `${reason}`;
    if (number !== undefined && number !== 1000 && !(number >= 3000 && number <= 4999)) {
      throw new DOMException(`close code ${number} is neither 1000 nor in 3000 to 4999`, "InvalidAccessError");
    }
    if (utf8Length(words) > 123) {
      throw new DOMException("the close reason is longer than 123 UTF-8 bytes", "SyntaxError");
    }
    // a reason alone goes with 1000: a close frame cannot carry one without a code (RFC 6455 §5.5.1)
    ear.close(number ?? (words ? 1000 : undefined), words);
  }

  addEventListener(type, callback, options) {
    addEventListener.call(this, type, callback, options);
    this.#ear.life.listen(this, `${type}`, callback, options);
  }

  removeEventListener(type, callback, options) {
    removeEventListener.call(this, type, callback, options);
    this.#ear.life.unlisten(this, `${type}`, callback, options);
  }

  static {
    const constant = (value) => ({ value, enumerable: true });
    const constants = {
      CONNECTING: constant(CONNECTING), OPEN: constant(OPEN), CLOSING: constant(CLOSING), CLOSED: constant(CLOSED),
    };
    // a minifier takes away the name by which the class is declared
    Object.defineProperties(this, { ...constants, name: { value: "WebSocket", configurable: true } });
    Object.defineProperties(this.prototype, constants);
    for (const type of ["open", "message", "error", "close"]) {
      Object.defineProperties(this.prototype, Object.getOwnPropertyDescriptors({
        get [`on${type}`]() { return this.#handlers.get(type)?.handler ?? null; },
        set [`on${type}`](handler) { this.#handle(type, handler); },
      }));
    }
    for (const name of ["url", "protocol", "extensions", "readyState", "bufferedAmount", "binaryType", "send", "close"]) {
      Object.defineProperty(this.prototype, name, { enumerable: true });
    }
    Object.defineProperty(this.prototype, Symbol.toStringTag, { value: "WebSocket", configurable: true });
  }

  /** An event handler attribute (HTML §8.1.8.1): it takes its place among the listeners when it is first set, keeps it
   *  when it is replaced, and loses it when it is set to null. */
  #handle(type, handler) {
    const isObject = typeof handler === "function" || (typeof handler === "object" && handler !== null);
    const current = this.#handlers.get(type);
    if (!isObject) {
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

/** What Rust tells of a connection, and what the class remembers. It does not keep the socket alive; see life.js. */
class Ear {
  #socket;
  /** Who answers for it. */
  #answers;
  /** The connection's number; undefined once it is closed, and then `#last` holds the answers. */
  #id;
  #last = { readyState: CLOSED };
  #origin;
  #forgetSignal;
  binaryType = "blob";
  url;

  constructor(socket, url, protocols, layers) {
    checkSignal(layers?.signal);
    this.#socket = new WeakRef(socket);
    this.binaryType = layers?.binaryType ?? "blob";
    this.#answers = layers ? pumps : sockets;
    this.#id = layers ? openLayered(this, url, layers, protocols) : open(this, url, protocols);
    this.life = new Life(socket, this.#answers.release.bind(undefined, this.#id));
    this.url = this.ask("url");
    this.#origin = originOf(this.url);
    this.#forgetSignal = obey(layers?.signal, () => this.close(1000, ""));
  }

  ask(what) { return this.#id ? this.#answers[what](this.#id) : this.#last[what]; }
  get readyState() { return this.ask("readyState"); }

  setBinaryType(type) {
    this.binaryType = type;
    if (this.#id) this.#answers.setBinaryType(this.#id, type === "blob");
  }

  send(socket, data) {
    // closed: silent, and the number grows, as the standard says
    if (!this.#id) this.#last.bufferedAmount += sizeOf(data);
    else if (this.#answers === sockets) sockets.send(this.#id, data);
    else if (typeof pumps.send(this.#id, data) === "number") this.life.hold(socket); // it waits: a reason to live
  }

  close(code, reason) {
    if (this.#id) this.#answers.close(this.#id, code, reason);
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
  error() { this.#tell(new Event("error")); }

  closed(code, reason, wasClean) {
    for (const what of ["protocol", "extensions", "bufferedAmount"]) this.#last[what] = this.ask(what);
    const id = this.#id;
    this.#id = undefined;
    this.#answers.release(id); // from here on the class answers alone, and keeps nothing alive
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
  if (!sockets) bringWebAssembly();
  return sockets.closeCodeName(Number(code));
}

let opening = false;

/** Opens with the browser's class as it is now, unless a page has put ours in its place: by itself, or wrapped so that
 *  it cannot be told, when the wrapper calls us while we call it. */
function open(ear, url, protocols) {
  const current = globalThis.WebSocket;
  const isOurs = opening || current?.prototype === WebSocket.prototype || current?.prototype instanceof WebSocket;
  const found = isOurs ? browserClass : current;
  if (typeof found !== "function") throw new Error("everwire: there is no WebSocket in this environment");
  const outer = opening;
  opening = true;
  try {
    return sockets.open(ear, found, url, protocols);
  } finally {
    opening = outer;
  }
}

/** Throws what the standard's constructor throws. */
function openLayered(ear, url, layers, protocols) {
  try {
    const { asked, numbers, name, Class } = readOptions(url, layers, protocols);
    return pumps.open(ear, asked, numbers, name, Class);
  } catch (error) {
    if (!["misuse/url", "misuse/protocols"].includes(error.code)) throw error;
    throw new DOMException(error.message, "SyntaxError");
  }
}

function sizeOf(data) {
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
  return data instanceof Blob ? data.size : utf8Length(`${data}`);
}

function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}

/** Web IDL's `[Clamp] unsigned short`: rounded to the nearest, halves to even. */
function clampedShort(value) {
  const clamped = Math.min(Math.max(+value, 0), 65535) || 0;
  const floor = Math.floor(clamped);
  const half = clamped - floor === 0.5;
  return half ? floor + (floor % 2) : Math.round(clamped);
}
