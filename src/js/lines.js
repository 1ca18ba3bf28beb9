// Which sockets does a client have, and what can be asked of the latest?

import { SESSION } from "./control.js";
import { carrying, offered, refusal, resolve } from "./dial.js";
import { EverwireError } from "./error.js";
import { least } from "./parcel.js";
import { buffered, classInPlace, close, letGo, openWire } from "./wire.js";

/** The socket of the latest attempt, and those that were given up and whose close event has not come: it may settle what
 *  they held. */
export class Lines {
  /** Of the latest, also when it is gone. */
  url = "";
  protocol = "";
  extensions = "";
  /** What the latest offers of the application's, and whether a session before that. */
  offer = [];
  offersSession = false;
  #current;
  #parting = [];
  #Class;
  #carriage;
  #binaryType;

  constructor({ Class, carriage, binaryType }) {
    this.#Class = Class;
    this.#carriage = carriage;
    this.#binaryType = binaryType;
  }

  get binaryType() { return this.#binaryType; }
  set binaryType(type) {
    this.#binaryType = type;
    if (this.#current) this.#current.wire.binaryType = type;
  }

  /** Bytes that have not left the browser. */
  get bufferedAmount() { return this.#current ? buffered(this.#current.wire) : 0; }

  /** The socket that is open now. */
  get open() { return this.#current?.isOpen ? this.#current.socket : undefined; }

  isCurrent(socket) { return this.#current !== undefined && this.#current.socket === socket; }

  /** Whether the latest speaks a session's protocol. */
  get isAgreed() { return this.#current?.isAgreed ?? false; }

  /** The latest has closed, and has not said so. */
  isDead(socket) { return this.isCurrent(socket) && this.#current.wire.readyState === 3; }

  /** What was injected, or goes by the name of WebSocket here, now. Throws where there is none. */
  findClass() {
    const Class = this.#Class ?? classInPlace();
    if (typeof Class === "function") return Class;
    throw new EverwireError("misuse/no-websocket", "there is no WebSocket in this environment: give one by the option WebSocket");
  }

  /** The latest is not the latest any more. */
  part() {
    if (this.#current) this.#parting.push(this.#current);
    this.#current = undefined;
    if (this.#parting.length > MOST_PARTING) letGo(this.#parting.shift().wire);
  }

  /** Begins to connect, or throws why it cannot. `heard`: as openWire wants it. */
  dial(socket, destination, token, heard) {
    const resolved = resolve(destination, this.#carriage);
    [this.url, this.protocol, this.extensions] = [resolved.href, "", ""];
    const { href, protocols } = this.#carriage ? carrying(resolved, this.#carriage, token) : resolved;
    const Class = this.findClass();
    this.offer = resolved.protocols;
    const offer = this.offersSession ? [SESSION, ...protocols.filter((protocol) => protocol !== SESSION)] : protocols;
    let wire;
    try {
      wire = openWire(Class, href, offer, heard, this.#binaryType);
    } catch (thrown) {
      throw refusal(thrown, href, token);
    }
    // the browser's own send() has copied what it was given when it returns
    this.#current = { socket, wire, copies: /\[native code]/.test(wire.send), isOpen: false, isAgreed: false };
  }

  opened(token) {
    this.#current.isOpen = true;
    const { protocol, extensions } = this.#current.wire;
    // a server that echoes the token as the chosen subprotocol does not make us show it
    const isToken = this.#carriage?.via === "protocol" && protocol === offered(this.#carriage.name, token);
    this.#current.isAgreed = this.offersSession && protocol === SESSION;
    // in a session the welcome says which of the application's is spoken
    this.protocol = isToken || this.#current.isAgreed ? "" : `${protocol}`;
    this.extensions = `${extensions}`;
  }

  /** It has closed and needs nobody any more: the bytes that never left. `undefined`: it was not ours any more. */
  closed(socket) {
    const line = this.isCurrent(socket) ? this.#current : this.#parting.find((line) => line.socket === socket);
    if (!line) return undefined;
    if (line === this.#current) this.#current = undefined;
    this.#parting = this.#parting.filter((other) => other !== line);
    const unsent = buffered(line.wire);
    letGo(line.wire);
    return unsent;
  }

  /** Without a code the peer sees 1005. */
  hangUp(socket, code, reason) {
    if (this.isCurrent(socket)) close(this.#current.wire, code, reason); // else closed by itself in the meantime
  }

  /** How many bytes the browser counts it as; it held `before`. Throws what the browser throws. */
  send(parcel, before = this.bufferedAmount) {
    const { wire, copies } = this.#current;
    wire.send(parcel.value);
    if (!copies) parcel.copy = undefined; // it may look at it later
    return Math.max(0, buffered(wire) - before) || least(parcel); // an engine that counts nothing (WebKitGTK, mostly)
  }

  letGo() {
    const lines = [this.#current, ...this.#parting].filter(Boolean);
    this.#current = undefined;
    this.#parting = [];
    for (const { wire } of lines) letGo(wire);
  }
}

/** A peer that stays silent can keep a close event away for a minute; who gives up more than this many sockets meanwhile
 *  learns nothing more from the first of them. */
const MOST_PARTING = 4;
