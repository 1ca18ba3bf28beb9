// What waits, first come first served?

/** Taking is as cheap from a million as from one; an array's own shift() is not. */
export class Queue {
  #items = [];
  #taken = 0;

  get isEmpty() { return this.#taken === this.#items.length; }

  put(item) { this.#items.push(item); }

  /** The first; undefined if there is none. */
  take() {
    if (this.isEmpty) return undefined;
    const item = this.#items[this.#taken];
    this.#items[this.#taken++] = undefined; // it may be large, and is somebody else's now
    if (this.isEmpty) this.clear();
    return item;
  }

  clear() {
    this.#items = [];
    this.#taken = 0;
  }
}
