// What becomes of a message a second?

/** Sends one each second, over whatever client there is, and counts what comes back. */
export class Ticks {
  #client = null;
  #sent = 0;
  #cameBack = 0;

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
    client.addEventListener("message", ({ data }) => {
      if (typeof data === "string" && data.startsWith("tick ")) this.#cameBack += 1;
    });
  }

  get text() {
    return `One message a second: ${this.#sent} sent, ${this.#cameBack} came back.`;
  }
}

const EVERY = 1_000;
