// How are messages read one by one, by whoever reads at its own pace?

import { EverwireError } from "./error.js";

/** An iterator over the messages from now on. It holds so many unread; one more is its end, told after those. */
export class Inbox {
  #client;
  #life;
  #most;
  #leave;
  #unread = [];
  #readers = [];
  #isOver = false;
  #error;

  constructor(client, life, most, leave) {
    this.#client = client;
    this.#life = life;
    this.#most = most;
    this.#leave = leave;
  }

  put(data) {
    const reader = this.#readers.shift();
    if (reader) return this.#answer(reader, data);
    if (this.#unread.length < this.#most) return void this.#unread.push(data);
    this.#error = new EverwireError("misuse/slow-reader", `more than ${this.#most} messages were not read (messages({ maxMessages }))`);
    this.end();
  }

  end() {
    this.#isOver = true;
    this.#leave();
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
    this.#client = undefined; // what was read from it may outlive it
  }

  next() {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject, client: this.#client };
      if (this.#unread.length > 0) return resolve({ value: this.#unread.shift(), done: false });
      if (this.#isOver) return this.#finish(reader);
      this.#life.hold(reader.client); // it is awaited
      reader.isHeld = true;
      this.#readers.push(reader);
    });
  }

  return(value) {
    this.#unread.length = 0;
    this.#error = undefined;
    if (!this.#isOver) this.end();
    return Promise.resolve({ value, done: true });
  }

  [Symbol.asyncIterator]() { return this; }

  #answer(reader, value) {
    this.#release(reader);
    reader.resolve({ value, done: false });
  }

  #finish(reader) {
    this.#release(reader);
    const error = this.#error;
    this.#error = undefined; // thrown once; then it is done
    if (error) reader.reject(error);
    else reader.resolve({ value: undefined, done: true });
  }

  #release(reader) {
    if (reader.isHeld) this.#life.release(reader.client);
  }
}
