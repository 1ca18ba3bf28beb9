// How are messages read one by one, by whoever reads at its own pace?

import { EverwireError } from "./error.js";

let count = 0;

/** An iterator over the messages from now on. It holds so many unread; one more is its end, told after those.
 *
 *  It keeps its client; the client knows it weakly, but while a reader waits: whoever drops an iterator drops all of it. */
export class Inbox {
  /** By which its client knows it. */
  number = ++count;
  #client;
  #ear;
  #most;
  #unread = [];
  #readers = [];
  #isOver = false;
  #error;

  constructor(client, ear, most) {
    this.#client = client;
    this.#ear = ear;
    this.#most = most;
  }

  put(data) {
    const reader = this.#readers.shift();
    if (reader) {
      if (this.#readers.length === 0) this.#ear.rests(this.#client, this);
      return reader.resolve({ value: data, done: false });
    }
    if (this.#unread.length < this.#most) return void this.#unread.push(data);
    this.#error = new EverwireError("misuse/slow-reader", `more than ${this.#most} messages were not read (messages({ maxMessages }))`);
    this.end();
  }

  end() {
    this.#isOver = true;
    if (this.#readers.length > 0) this.#ear.rests(this.#client, this);
    this.#ear.left(this);
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
    this.#client = undefined; // what was read from it may outlive it
  }

  next() {
    return new Promise((resolve, reject) => {
      if (this.#unread.length > 0) return resolve({ value: this.#unread.shift(), done: false });
      if (this.#isOver) return this.#finish({ resolve, reject });
      if (this.#readers.length === 0) this.#ear.reads(this.#client, this);
      this.#readers.push({ resolve, reject });
    });
  }

  return(value) {
    this.#unread.length = 0;
    this.#error = undefined;
    if (!this.#isOver) this.end();
    return Promise.resolve({ value, done: true });
  }

  [Symbol.asyncIterator]() { return this; }

  #finish({ resolve, reject }) {
    const error = this.#error;
    this.#error = undefined; // thrown once; then it is done
    if (error) reject(error);
    else resolve({ value: undefined, done: true });
  }
}
