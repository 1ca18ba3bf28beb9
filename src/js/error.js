// What is thrown, rejected and told when something goes wrong?

/** `code` is stable and says who must act; types.d.ts names them. */
export class EverwireError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  static #dressed = (() => {
    // a minifier takes away the name by which the class is declared
    Object.defineProperty(this, "name", { value: "EverwireError", configurable: true });
    Object.defineProperty(this.prototype, "name", { value: "EverwireError", configurable: true, writable: true });
  })();
}

/** What the engine says went wrong. `cause`: what a provider threw, or why we did not even dial. */
export function failure({ error, message, cause }) {
  if (!cause) return new EverwireError(error, message);
  if (cause.refused) return new EverwireError(error, `could not connect: ${cause.refused.message}`, { cause: cause.refused });
  const words = error === "unavailable/connect" ? "could not connect: the provider of the url or the protocols failed (see cause)" : message;
  return new EverwireError(error, words, cause.thrown === undefined ? undefined : { cause: cause.thrown });
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
