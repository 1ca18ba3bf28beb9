// How does Rust hear what becomes of a promise?

/** Calls `hearer(hasAnswered, what)`, once. */
export function hear(promise, hearer) {
  Promise.resolve(promise).then(
    (answer) => hearer(true, answer),
    (thrown) => hearer(false, thrown),
  );
}
