// When is the next attempt?

/** What a client said of its next attempt. */
export class Countdown {
  #client;
  #attempt;
  #due;

  constructor(client) {
    this.#client = client;
    client.addEventListener("retry", ({ attempt, delay }) => {
      this.#attempt = attempt;
      this.#due = performance.now() + delay;
    });
  }

  /** `in 3 s, attempt 2`; null when nothing is waited for. */
  get text() {
    if (this.#client.state !== "waiting" || this.#due === undefined) return null;
    const seconds = Math.ceil((this.#due - performance.now()) / 1000);
    return `${seconds > 0 ? `in ${seconds} s` : "now"}, attempt ${this.#attempt}`;
  }
}
