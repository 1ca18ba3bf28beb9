// What does JavaScript see of a connection that is kept?
//
// Thin: the class extends EventTarget and keeps promises; what happens is the pump's, which calls the methods of `Ear`.

import { call, checkClose } from "./engine.js";
import { EverwireError, deferred } from "./error.js";
import { closeEvent, dispatch, errorEvent, eventWith, originOf } from "./events.js";
import { Inbox } from "./inbox.js";
import { Life, keepWhileHeard } from "./life.js";
import { bringWebAssembly } from "./loading.js";
import { readOptions } from "./options.js";
import { Pump } from "./pump.js";
import { checkSignal, obey } from "./signal.js";

const DONE = Promise.resolve();

export class Client extends EventTarget {
  #ear;

  constructor(url, options) {
    if (arguments.length === 0) throw new TypeError("Client: a URL is required");
    if (!call) bringWebAssembly();
    super();
    this.#ear = new Ear(this, typeof url === "function" ? url : Array.isArray(url) ? url.map(String) : `${url}`, options);
  }

  get state() { return this.#ear.ask("state"); }
  get url() { return this.#ear.ask("url"); }
  get protocol() { return this.#ear.ask("protocol"); }
  get extensions() { return this.#ear.ask("extensions"); }
  get bufferedAmount() { return this.#ear.ask("bufferedAmount"); }

  get binaryType() { return this.#ear.ask("binaryType"); }
  set binaryType(value) {
    const type = `${value}`;
    if (type === "blob" || type === "arraybuffer") this.#ear.setBinaryType(type); // else ignored (Web IDL)
  }

  get opened() { return this.#ear.awaited(this, "opened"); }
  get closed() { return this.#ear.awaited(this, "closed"); }

  send(data, options) {
    if (arguments.length === 0) throw new TypeError("Client.send: data is required");
    return this.#ear.send(this, data, options ?? {});
  }

  flush() { return this.#ear.flush(this); }
  reconnect() { this.#ear.reconnect(); }

  close(code, reason) {
    this.#ear.close(code, reason);
    return this.closed;
  }

  stats() { return { ...this.#ear.ask("stats") }; }

  messages({ maxMessages = 10_000 } = {}) {
    if (!(typeof maxMessages === "number" && maxMessages >= 1)) throw new EverwireError("misuse/option", "maxMessages must be a number of at least 1");
    return this.#ear.iterate(this, maxMessages);
  }

  [Symbol.asyncIterator]() { return this.messages(); }
}

// Not in a static block: Safari 15 and 16.0 know none, and what a build puts in its place is long.
{
  // a minifier takes away the name by which the class is declared
  Object.defineProperty(Client, "name", { value: "Client", configurable: true });
  keepWhileHeard(Client.prototype);
  const disposing = {
    [Symbol.dispose]() { this.close(); },
    async [Symbol.asyncDispose]() { await this.close(); },
  };
  for (const symbol of [Symbol.dispose, Symbol.asyncDispose]) {
    // where an engine has no `using` yet, nobody can ask for these
    if (symbol) Object.defineProperty(Client.prototype, symbol, { value: disposing[symbol], configurable: true, writable: true });
  }
  for (const name of ["state", "url", "protocol", "extensions", "bufferedAmount", "binaryType", "opened", "closed"]) {
    Object.defineProperty(Client.prototype, name, { enumerable: true });
  }
  Object.defineProperty(Client.prototype, Symbol.toStringTag, { value: "Client", configurable: true });
}

/** What the pump tells, and what the class remembers. It does not keep the client alive; see life.js. */
class Ear {
  #client;
  /** Undefined once it is closed, and then `#last` holds the answers. */
  #pump;
  #last = {};
  #origin = "";
  #promises = { opened: deferred(), closed: deferred() };
  #awaited = new Set();
  /** Messages that wait, and flushes: who is told how it ends. */
  #sends = new Map();
  #flushes = new Map();
  /** Weakly, but where a reader waits. */
  #inboxes = new Map();
  #forgetSignal;

  constructor(client, url, options) {
    checkSignal(options?.signal);
    this.#client = new WeakRef(client);
    const pump = this.#pump = new Pump(readOptions(url, options), this);
    const forgetSignal = this.#forgetSignal = obey(options?.signal, () => this.#pump?.close(1000, ""));
    this.life = new Life(client, () => {
      forgetSignal(); // it may live longer, and would close an engine that is another's by then
      pump.release();
    });
  }

  // ── wishes and questions ──

  ask(what) { return (this.#pump ?? this.#last)[what]; }
  setBinaryType(type) { (this.#pump ?? this.#last).binaryType = type; }

  awaited(client, name) {
    if (this.#pump && !this.#awaited.has(name)) {
      this.#awaited.add(name);
      this.life.hold(client);
      const release = () => this.life.release(client);
      this.#promises[name].promise.then(release, release);
    }
    return this.#promises[name].promise;
  }

  send(client, data, { ttl, volatile, acknowledged, signal }) {
    checkSignal(signal);
    if (signal?.aborted) return this.#refuse(data, "aborted");
    if (!this.#pump) return this.#refuse(data, "closed");
    // nothing: it was handed over; a number: it waits; a string: why it will not be sent
    const outcome = this.#pump.send(data, ttl, volatile, acknowledged);
    if (outcome === undefined) return DONE;
    const { promise, resolve, reject } = deferred();
    if (typeof outcome === "string") {
      reject(dropped(outcome));
      return promise;
    }
    let forgetSignal;
    this.life.hold(client);
    this.#sends.set(outcome, (reason) => {
      forgetSignal?.();
      this.life.release(client);
      if (reason === undefined) resolve();
      else reject(dropped(reason));
    });
    forgetSignal = obey(signal, () => this.#pump?.takeBack(outcome)); // it may be aborted by now: data may have a toString()
    return promise;
  }

  /** What was never accepted is told like the rest: by the promise, and by an event after this call. */
  #refuse(data, reason) {
    queueMicrotask(() => this.drop(data, reason));
    const { promise, reject } = deferred();
    reject(dropped(reason));
    return promise;
  }

  flush(client) {
    const flush = this.#pump?.flush();
    if (flush === undefined) return DONE;
    const { promise, resolve, reject } = deferred();
    const end = (complete) => {
      if (complete) resolve();
      else reject(new EverwireError("unavailable/flush", "the connection was lost: what became of some messages cannot be known"));
    };
    if (flush === false) end(false);
    else {
      this.life.hold(client);
      this.#flushes.set(flush, (complete) => {
        this.life.release(client);
        end(complete);
      });
    }
    return promise;
  }

  reconnect() { this.#pump?.reconnect(); }

  close(code, reason) {
    const words = reason === undefined ? "" : `${reason}`;
    const number = code === undefined ? undefined : Number(code);
    checkClose(number, words);
    this.#pump?.close(number ?? 1000, words); // never an empty frame: the peer would see 1005
  }

  iterate(client, most) {
    const inbox = new Inbox(client, this, most);
    if (this.#pump) this.#inboxes.set(inbox.number, new WeakRef(inbox));
    else inbox.end();
    return inbox;
  }

  /** A reader waits: it is awaited. */
  reads(client, inbox) {
    this.#inboxes.set(inbox.number, { deref: () => inbox });
    this.life.hold(client);
  }

  /** None does any more. */
  rests(client, inbox) {
    this.#inboxes.set(inbox.number, new WeakRef(inbox));
    this.life.release(client);
  }

  left(inbox) { this.#inboxes.delete(inbox.number); }

  #readers(visit) {
    for (const [number, known] of this.#inboxes) {
      const inbox = known.deref();
      if (inbox) visit(inbox);
      else this.#inboxes.delete(number);
    }
  }

  // ── news, from the pump ──

  #tell(event) {
    const client = this.#client.deref();
    if (client) dispatch(client, event);
  }

  state() { this.#tell(new Event("state")); }

  open(attempt, reconnected, resumed) {
    this.#origin = originOf(this.ask("url"));
    this.#promises.opened.resolve();
    this.#tell(eventWith("open", { attempt, reconnected, resumed }));
  }

  gap(received, missed) { this.#tell(eventWith("gap", { received, missed })); }

  message(data) {
    if (this.#inboxes.size > 0) this.#readers((inbox) => inbox.put(data));
    this.#tell(new MessageEvent("message", { data, origin: this.#origin }));
  }

  down(code, reason, wasClean, willRetry, messages, bytes) {
    this.#tell(eventWith("down", { code, reason, wasClean, willRetry, unconfirmed: { messages, bytes } }));
  }

  retry(attempt, delay) { this.#tell(eventWith("retry", { attempt, delay })); }
  error(error) { this.#tell(errorEvent(error)); }
  drop(data, reason) { this.#tell(eventWith("drop", { data, reason })); }
  drain() { this.#tell(new Event("drain")); }

  settled(message, reason) {
    const settle = this.#sends.get(message);
    this.#sends.delete(message);
    settle?.(reason);
  }

  flushed(flush, complete) {
    const end = this.#flushes.get(flush);
    this.#flushes.delete(flush);
    end?.(complete);
  }

  closed(code, reason, wasClean) {
    for (const what of ["state", "url", "protocol", "extensions", "bufferedAmount", "binaryType", "stats"]) {
      this.#last[what] = this.ask(what);
    }
    const pump = this.#pump;
    this.#pump = undefined;
    pump.release(); // from here on the class answers alone, and keeps nothing alive
    this.#forgetSignal();
    const client = this.#client.deref();
    this.life.end(client);
    const { opened, closed } = this.#promises;
    opened.reject(new EverwireError("unavailable/closed", `closed before it was open: ${code}${reason && ` "${reason}"`}`));
    closed.resolve({ code, reason, wasClean });
    this.#readers((inbox) => inbox.end());
    if (client) dispatch(client, closeEvent(code, reason, wasClean));
  }
}

function dropped(reason) {
  return new EverwireError(`dropped/${reason}`, `not sent: ${REASONS[reason]}`);
}

const REASONS = {
  overflow: "the queue is full (queue.maxMessages, queue.maxBytes)",
  expired: "it waited longer than its ttl",
  volatile: "it was volatile and could not go at once",
  aborted: "its signal was aborted",
  closed: "the client is closed",
  unsendable: "the browser would not take it",
  unconfirmed: "it may have arrived: the session ended before the server acknowledged it, or there is none",
};
