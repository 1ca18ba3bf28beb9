// What lies between the clients and the servers, and does to their connections what it is told?
//
// Each client has its roads: a port for each of the servers. What happens there is decided by its fates alone (faults.mjs).

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Frames } from "./frames.mjs";
import { KINDS, fates } from "./faults.mjs";

export class Proxy {
  /** How often each was done; `refused`: nobody was there. */
  done = Object.fromEntries([...KINDS, "refused"].map((kind) => [kind, 0]));
  #listeners = [];
  #links = new Set();
  #servers;

  /** `servers` are functions that say which port each server has at the moment. */
  constructor(servers) {
    this.#servers = servers;
  }

  /** The ports of a client's own, one for each server. */
  async roads(seed, client, gap) {
    const destiny = new Destiny(fates(seed, client, gap));
    const ports = [];
    for (const server of this.#servers) {
      const listener = createServer({ allowHalfOpen: true, noDelay: true }, (near) => this.#join(near, server(), destiny));
      this.#listeners.push(listener);
      await once(listener.listen(0, "127.0.0.1"), "listening");
      ports.push(listener.address().port);
    }
    return ports;
  }

  #join(near, port, destiny) {
    const link = new Link(near, port, destiny, this.done);
    this.#links.add(link);
    near.on("close", () => this.#links.delete(link));
  }

  close() {
    for (const listener of this.#listeners) listener.close();
    for (const link of this.#links) link.reset();
  }
}

/** Whose connection is next to suffer what: over all connections of one client. */
class Destiny {
  #fates;
  #next;
  #left;

  constructor(fates) {
    this.#fates = fates;
    this.#turn();
  }

  /** What befalls these bytes, if anything. */
  onBytes(count) {
    this.#left -= count;
    if (this.#left > 0) return undefined;
    const fate = this.#next;
    this.#turn();
    return fate;
  }

  #turn() {
    this.#next = this.#fates.next().value;
    this.#left = this.#next.after;
  }
}

/** One connection of a client, and the one to the server that goes with it. */
class Link {
  #near;
  #far;
  #done;

  constructor(near, port, destiny, done) {
    this.#near = near;
    this.#done = done;
    this.#far = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    let isThere = false;
    this.#far.on("connect", () => (isThere = true));
    this.#far.on("error", () => {
      if (!isThere) done.refused += 1;
      this.reset();
    });
    near.on("error", () => this.reset());
    this.up = new Lane(this, near, this.#far, destiny);
    this.down = new Lane(this, this.#far, near, destiny);
  }

  suffer(fate, lane, bytes, half) {
    this.#done[fate.kind] += 1;
    switch (fate.kind) {
      case "cut":
        return this.#end();
      case "reset":
        return this.reset();
      case "truncate":
        lane.passAtOnce(bytes.subarray(0, half));
        return this.#end();
      case "delay":
        for (const each of [this.up, this.down]) each.delay(fate);
        return lane.pass(bytes);
      case "stall":
        for (const each of [this.up, this.down]) each.hold();
        setTimeout(() => {
          if (!fate.goesOn) return this.#end();
          lane.pass(bytes);
          for (const each of [this.up, this.down]) each.goOn();
        }, fate.lasts);
    }
  }

  /** Both ends hear the end of it, and nothing that was on its way. */
  #end() {
    for (const [lane, socket] of [[this.up, this.#near], [this.down, this.#far]]) {
      lane.isOver = true;
      socket.resume(); // what is not read would make a reset of it
      socket.end();
      const timer = setTimeout(() => socket.destroy(), LINGER);
      socket.once("close", () => clearTimeout(timer));
    }
  }

  reset() {
    for (const [lane, socket] of [[this.up, this.#near], [this.down, this.#far]]) {
      lane.isOver = true;
      if (!socket.destroyed) socket.resetAndDestroy();
    }
  }
}

/** One direction of a link. */
class Lane {
  isOver = false;
  to;
  #from;
  #frames = new Frames();
  #isHeld = false;
  #isFull = false;
  /** A delay that is on: until when, and how long each piece waits. */
  #slow = { until: 0, each: 0 };
  #late = [];

  constructor(link, from, to, destiny) {
    this.#from = from;
    this.to = to;
    from.on("data", (bytes) => {
      if (this.isOver) return; // nobody is to have it
      const half = this.#frames.half(bytes);
      const fate = destiny.onBytes(bytes.length);
      if (fate) link.suffer(fate, this, bytes, half);
      else this.pass(bytes);
    });
    from.on("end", () => this.pass(null));
    to.on("drain", () => {
      this.#isFull = false;
      this.#flow();
    });
  }

  /** On it goes; `null` is the end. */
  pass(bytes) {
    if (this.isOver) return;
    if (this.#late.length === 0 && performance.now() >= this.#slow.until) return this.#write(bytes);
    this.#late.push(bytes);
    setTimeout(() => this.#late.length > 0 && this.#write(this.#late.shift()), this.#slow.each);
  }

  /** After what is late, so that nothing is missing before it. */
  passAtOnce(bytes) {
    for (const each of [...this.#late, bytes]) this.#write(each);
    this.#late = [];
  }

  delay({ lasts, each }) {
    if (this.#late.length > 0) return; // one after the other: pieces that wait for different times would overtake each other
    this.#slow = { until: performance.now() + lasts, each };
  }

  hold() {
    this.#isHeld = true;
    this.#from.pause();
  }

  goOn() {
    this.#isHeld = false;
    this.#flow();
  }

  #write(bytes) {
    if (this.isOver || this.to.destroyed) return;
    if (bytes === null) return void this.to.end();
    if (this.to.write(bytes)) return;
    this.#isFull = true;
    this.#from.pause();
  }

  #flow() {
    if (!this.#isHeld && !this.#isFull) this.#from.resume();
  }
}

/** 1 s: who does not read has had his chance. */
const LINGER = 1_000;
