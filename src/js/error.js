// What is thrown, rejected and told when something goes wrong?

/** `code` is stable and says who must act; types.d.ts names them. */
export class EverwireError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  static {
    // a minifier takes away the name by which the class is declared
    Object.defineProperty(this, "name", { value: "EverwireError", configurable: true });
    Object.defineProperty(this.prototype, "name", { value: "EverwireError", configurable: true, writable: true });
  }
}

/** For Rust, which names no class. */
export function everwireError(code, message, cause) {
  return new EverwireError(code, message, cause === undefined ? undefined : { cause });
}

/** A promise that somebody may never look at: its rejection is no unhandled one. */
export function deferred() {
  let settle;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => {});
  return { promise, ...settle };
}

/** What a callback threw: the page is told of it as of a listener's error, and goes on. */
export function report(thrown) {
  if (typeof reportError === "function") reportError(thrown);
  else queueMicrotask(() => { throw thrown; });
}
