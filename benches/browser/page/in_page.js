// What is left of a library's cost when there is no network?
//
// A WebSocket that answers each message with itself, in a microtask, as the browser would: text as it is, bytes as a copy,
// an event of the browser's own class to whoever listens.

const HANDLERS = ["open", "message", "error", "close"];

export class InPage extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  /** What each has in its buffer; with `messages`, how long it takes until so many have come, from the first to the last. */
  static fill(bytes, messages) {
    buffered = bytes;
    return new Promise((resolve) => (awaited = { messages, resolve }));
  }

  binaryType = "blob";
  extensions = "";
  protocol = "";
  readyState = 0;
  #handlers = {};

  constructor(url) {
    super();
    this.url = String(url);
    queueMicrotask(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  get bufferedAmount() {
    return buffered;
  }

  send(data) {
    if (awaited) return count();
    if (data instanceof Blob) {
      data.arrayBuffer().then((buffer) => this.#answer(buffer)); // the only way to a Blob's bytes
      return;
    }
    this.#answer(typeof data === "string" ? data : copy(data));
  }

  #answer(data) {
    queueMicrotask(() => {
      if (this.readyState !== 1) return;
      const isText = typeof data === "string";
      this.dispatchEvent(new MessageEvent("message", { data: isText || this.binaryType === "arraybuffer" ? data : new Blob([data]) }));
    });
  }

  close(code = 1005, reason = "") {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    queueMicrotask(() => {
      this.readyState = 3;
      this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: true }));
    });
  }

  /** `onmessage` and its like. */
  static {
    for (const type of HANDLERS) {
      Object.defineProperty(this.prototype, `on${type}`, {
        configurable: true,
        enumerable: true,
        get() {
          return this.#handlers[type] ?? null;
        },
        set(handler) {
          if (!(type in this.#handlers)) this.addEventListener(type, (event) => this.#handlers[type]?.call(this, event));
          this.#handlers[type] = typeof handler === "function" ? handler : null;
        },
      });
    }
  }
}

let buffered = 0;
let awaited;

function count() {
  awaited.first ??= performance.now();
  awaited.messages -= 1;
  if (awaited.messages > 0) return;
  awaited.resolve(performance.now() - awaited.first);
  awaited = undefined;
}

function copy(data) {
  return ArrayBuffer.isView(data) ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) : data.slice(0);
}
