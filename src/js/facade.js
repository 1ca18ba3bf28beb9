// What does JavaScript see of a connection? The classes of the package, thin: an exported Rust struct can neither
// extend EventTarget nor carry static constants. This file imports nothing of ours; Rust hands it the engine on start.

/** What Rust answers to, each by the number of a connection; see web_socket.rs. */
let engine;
/** The browser's class, as it is before a page can put ours in its place. */
const browserClass = globalThis.WebSocket;
/** EventTarget's own, whatever a subclass of ours makes of these names: the browser does not ask it either. */
const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;

export function installEngine(functions) {
  engine = functions;
}

const CONNECTING = 0, OPEN = 1, CLOSING = 2, CLOSED = 3;

// Facts from Rust. They reach private fields, so the class itself fills them in.
export let opened, received, failed, closed;

/** The browser's WebSocket, member for member (WHATWG WebSockets §3), over our own; types.d.ts names what differs. */
export class WebSocket extends EventTarget {
  /** The connection's number; undefined once it is closed, and then what follows holds the answers. */
  #id;
  #url;
  #origin;
  #protocol = "";
  #extensions = "";
  #binaryType = "blob";
  #bufferedAmount = 0;
  #handlers = new Map();

  constructor(url, protocols = []) {
    if (arguments.length === 0) throw new TypeError("WebSocket: a URL is required");
    loaded();
    super();
    // `${…}` and not String(…), here and below: a Symbol is a TypeError (Web IDL)
    this.#id = open(this, `${url}`, protocols);
    this.#url = engine.url(this.#id);
    this.#origin = originOf(this.#url);
  }

  get url() { return this.#url; }
  get protocol() { return this.#id ? engine.protocol(this.#id) : this.#protocol; }
  get extensions() { return this.#id ? engine.extensions(this.#id) : this.#extensions; }
  get readyState() { return this.#id ? engine.readyState(this.#id) : CLOSED; }
  get bufferedAmount() { return this.#id ? engine.bufferedAmount(this.#id) : this.#bufferedAmount; }

  get binaryType() { return this.#binaryType; }
  set binaryType(value) {
    const type = `${value}`;
    if (type !== "blob" && type !== "arraybuffer") return; // an unknown enumeration value is ignored (Web IDL)
    this.#binaryType = type;
    if (this.#id) engine.setBinaryType(this.#id, type);
  }

  send(data) {
    if (arguments.length === 0) throw new TypeError("WebSocket.send: data is required");
    if (this.#id) engine.send(this.#id, data);
    else this.#bufferedAmount += sizeOf(data); // closed: silent, and the number grows, as the standard says
  }

  close(code = undefined, reason = undefined) {
    const id = this.#id;
    const number = code === undefined ? undefined : clampedShort(code);
    const words = reason === undefined ? "" : `${reason}`;
    if (number !== undefined && number !== 1000 && !(number >= 3000 && number <= 4999)) {
      throw new DOMException(`close code ${number} is neither 1000 nor in 3000 to 4999`, "InvalidAccessError");
    }
    if (utf8Length(words) > 123) {
      throw new DOMException("the close reason is longer than 123 UTF-8 bytes", "SyntaxError");
    }
    // a reason alone goes with 1000: a close frame cannot carry one without a code (RFC 6455 §5.5.1)
    if (id) engine.close(id, number ?? (words ? 1000 : undefined), words);
  }

  static {
    const dispatch = (socket, event) => dispatchEvent.call(socket, event);
    opened = (socket) => dispatch(socket, new Event("open"));
    received = (socket, data) => dispatch(socket, new MessageEvent("message", { data, origin: socket.#origin }));
    failed = (socket) => dispatch(socket, new Event("error"));
    closed = (socket, code, reason, wasClean, bufferedAmount, protocol, extensions) => {
      socket.#id = undefined;
      socket.#bufferedAmount = bufferedAmount;
      socket.#protocol = protocol;
      socket.#extensions = extensions;
      dispatch(socket, closeEvent({ code, reason, wasClean }));
    };

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
      if (current) removeEventListener.call(this, type, current.listener);
      this.#handlers.delete(type);
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
    }
  }
}

/** The name of a close code in the IANA registry; undefined for others. */
export function closeCodeName(code) {
  loaded();
  return engine.closeCodeName(Number(code));
}

function loaded() {
  if (!engine) throw new Error('everwire is not loaded yet: `await init()` first (init is the default export)');
}

let opening = false;

/** Opens with the browser's class as it is now, unless a page has put ours in its place: by itself, or wrapped so that
 *  it cannot be told, when the wrapper calls us while we call it. */
function open(socket, url, protocols) {
  const current = globalThis.WebSocket;
  const isOurs = opening || current?.prototype === WebSocket.prototype || current?.prototype instanceof WebSocket;
  const found = isOurs ? browserClass : current;
  if (typeof found !== "function") throw new Error("everwire: there is no WebSocket in this environment");
  const outer = opening;
  opening = true;
  try {
    return engine.open(socket, found, url, protocols);
  } finally {
    opening = outer;
  }
}

/** Of a URL that a browser made, always one; another class may have its own idea of a URL. */
function originOf(url) {
  try {
    return new URL(url).origin;
  } catch {
    return "";
  }
}

function sizeOf(data) {
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
  return data instanceof Blob ? data.size : utf8Length(`${data}`);
}

function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}

/** A real CloseEvent, or its likeness where a runtime has none (Node.js). */
function closeEvent(init) {
  if (typeof CloseEvent === "function") return new CloseEvent("close", init);
  const members = Object.entries(init).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.defineProperties(new Event("close"), Object.fromEntries(members));
}

/** Web IDL's `[Clamp] unsigned short`: rounded to the nearest, halves to even. */
function clampedShort(value) {
  const clamped = Math.min(Math.max(+value, 0), 65535) || 0;
  const floor = Math.floor(clamped);
  const half = clamped - floor === 0.5;
  return half ? floor + (floor % 2) : Math.round(clamped);
}
