// How does a page send more than the network takes?

import { COUNT, makeMessage } from "./numbered.js";

/** 8 MiB, offered as fast as the client lets them go. */
export class Offering {
  #client;
  #handedOver = 0;
  #drains = 0;
  #waitingSince = null;
  #onAsked;
  #end = new AbortController();

  /** `onAsked` is told what each COUNT was for, in the order in which they went. */
  constructor(client, onAsked) {
    this.#client = client;
    this.#onAsked = onAsked;
  }

  /** Resolves when everything has left the browser; rejects when it is stopped, or the client is closed. */
  async run() {
    const client = this.#client;
    const { signal } = this.#end;
    client.addEventListener("drain", () => (this.#drains += 1), { signal });
    for (let number = 0; number < MESSAGES; number++) {
      this.#waitingSince = performance.now();
      await client.send(makeMessage(number), { signal }); // this is all that back-pressure asks of a page
      this.#waitingSince = null;
      this.#handedOver += 1;
      const isLast = this.#handedOver === MESSAGES;
      if (isLast || this.#handedOver % ASK_EVERY === 0) {
        await client.send(COUNT, { signal });
        this.#onAsked(isLast ? "end" : "progress");
      }
    }
    await client.flush();
  }

  /** What is not handed over yet is taken back: it was meant for this socket only. */
  stop() {
    this.#end.abort();
  }

  get text() {
    const waited = this.#waitingSince === null ? 0 : (performance.now() - this.#waitingSince) / 1000;
    const waits = waited < 0.05 ? "" : ` await send() has waited ${waited.toFixed(1)} s.`;
    return `Sent ${this.#handedOver} of ${MESSAGES} messages; drain fired ${this.#drains} times.${waits}`;
  }
}

/** 128 × 64 KiB = 8 MiB: the kernels' buffers take 4 of them at most, so that the rest must wait. */
const MESSAGES = 128;

/** Every 2 MiB: each answer is a sign of life, also in WebKit, where a ping stands behind all the rest in a buffer that a page cannot see. */
const ASK_EVERY = 32;
