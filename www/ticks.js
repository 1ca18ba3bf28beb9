// What becomes of a message a second?

/** Sends one each second, over whatever client there is, and counts what comes back. */
export class Ticks {
  #client = null;
  #sent = 0;
  #cameBack = 0;
  #lost = 0;

  /** No tick goes out while `isPaused` says so. */
  constructor(isPaused) {
    setInterval(() => {
      if (isPaused() || this.#client.state === "closed") return;
      this.#sent += 1;
      this.#client.send(`tick ${this.#sent}`);
    }, EVERY);
  }

  follow(client) {
    this.#client = client;
    client.addEventListener("message", ({ data }) => this.#hear(data));
  }

  /** An echo keeps the order: what has not come back before this one never will. */
  #hear(data) {
    const [, number] = /^tick (\d+)$/.exec(data) ?? [];
    if (number === undefined) return; // an echo of something else
    this.#cameBack += 1;
    this.#lost = Number(number) - this.#cameBack;
  }

  get text() {
    return `One message a second: ${this.#sent} sent, ${this.#cameBack} came back, ${this.#lost} lost.`;
  }
}

const EVERY = 1_000;
