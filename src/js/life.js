// How long does a connection live that nobody holds?
//
// As the browser's own socket does (WHATWG WebSockets §7, garbage collection): while something listens, is awaited or
// is queued, it is kept; else the collector may take it, and then its connection closes.

const kept = new Set();
const lives = new WeakMap();
const abandoned = new FinalizationRegistry((abandon) => abandon());

export class Life {
  #holds = 0;
  #isOver = false;
  /** By type and phase: each callback, with what ends this very listening. */
  #listeners = new Map();

  /** `abandon` is called when the collector has taken the owner; it must not lead to it. */
  constructor(owner, abandon) {
    abandoned.register(owner, abandon, this);
    lives.set(owner, this);
  }

  /** One more reason to live. */
  hold(owner) {
    this.#holds += 1;
    if (!this.#isOver) kept.add(owner);
  }

  /** One less. */
  release(owner) {
    this.#holds -= 1;
    if (this.#holds === 0) kept.delete(owner);
  }

  /** Closed for good: listeners are no reason any more. The number by which it would be abandoned may soon be another's. */
  end(owner) {
    this.#isOver = true;
    kept.delete(owner);
    abandoned.unregister(this);
  }

  /** A listener was added, by EventTarget's rules: the same callback in the same phase counts once. */
  listen(owner, type, callback, options) {
    const { once, signal, capture } = typeof options === "object" && options !== null ? options : { capture: options };
    if (callback === null || callback === undefined || signal?.aborted) return;
    const key = `${type} ${Boolean(capture)}`;
    const callbacks = this.#listeners.get(key) ?? new Map();
    if (callbacks.has(callback)) return;
    // when in doubt it is kept: only this very listening ends, not one of the same callback that came after it
    const owned = new WeakRef(owner);
    const ends = () => {
      const target = owned.deref();
      if (target && callbacks.get(callback) === ends) this.unlisten(target, type, callback, { capture });
    };
    callbacks.set(callback, ends);
    this.#listeners.set(key, callbacks);
    this.hold(owner);
    if (once) EventTarget.prototype.addEventListener.call(owner, type, ends, { once: true, capture: Boolean(capture) });
    signal?.addEventListener("abort", weakly(new WeakRef(ends)), { once: true });
  }

  unlisten(owner, type, callback, options) {
    const capture = typeof options === "object" && options !== null ? options.capture : options;
    if (this.#listeners.get(`${type} ${Boolean(capture)}`)?.delete(callback)) this.release(owner);
  }
}

/** Gives a class EventTarget's methods, as a browser has them (DOM §2.7), and counts who listens. */
export function keepWhileHeard(prototype) {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  // what is not ours, or not enough, is EventTarget's own business; the rest is read once, here
  const methods = {
    addEventListener(type, callback, options = undefined) {
      const life = lives.get(this);
      if (!life || arguments.length < 2) return void addEventListener.apply(this, arguments);
      const { capture, once, passive, signal } = Object(options) === options ? options : { capture: options };
      const [name, how] = [`${type}`, { capture, once, passive, signal }];
      addEventListener.call(this, name, callback, how);
      life.listen(this, name, callback, how);
    },

    removeEventListener(type, callback, options = undefined) {
      const life = lives.get(this);
      if (!life || arguments.length < 2) return void removeEventListener.apply(this, arguments);
      const name = `${type}`, isCapturing = Boolean(Object(options) === options ? options.capture : options);
      removeEventListener.call(this, name, callback, isCapturing);
      life.unlisten(this, name, callback, isCapturing);
    },
  };
  for (const name of Object.keys(methods)) {
    Object.defineProperty(prototype, name, { value: methods[name], enumerable: true, configurable: true, writable: true });
  }
}

/** For a signal, which may outlive the owner. A function of its own: closures of one call keep all that any of them needs. */
function weakly(known) {
  return () => known.deref()?.();
}
