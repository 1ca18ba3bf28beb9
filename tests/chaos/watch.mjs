// How far is the page, and does anybody get on?

/** Looks at the page until something is so, or nobody gets on any more. */
export class Watch {
  hasGivenUp = false;
  #look;
  #arm;
  #began = performance.now();
  #told = 0;

  /** `look` gives the page's standing. */
  constructor(arm, look) {
    this.#arm = arm;
    this.#look = look;
  }

  get seconds() {
    return (performance.now() - this.#began) / 1_000;
  }

  async until(isSo, { orIdle = false } = {}) {
    let before;
    let moved = performance.now();
    for (;;) {
      const standing = await this.#look();
      this.#tell(standing);
      if (isSo(standing) || this.hasGivenUp) return standing;
      const now = JSON.stringify([standing.sent, standing.seen, standing.isOver]);
      if (now !== before) [before, moved] = [now, performance.now()];
      const idle = performance.now() - moved;
      if (orIdle && idle > PAUSE) return standing; // what was lost does not come any more
      if (idle > PATIENCE) this.hasGivenUp = true;
      await new Promise((resolve) => setTimeout(resolve, GLANCE));
    }
  }

  #tell({ sent, seen, opened }) {
    const { seconds } = this;
    if (seconds < this.#told + 10) return;
    this.#told = seconds;
    console.log(`    ${this.#arm}: after ${seconds.toFixed(0)} s ${sent} sent, ${seen} came back, over ${opened} sockets`);
  }
}

/** 50 ms between two looks at the page: no kill is late, and the browser hardly notices. */
const GLANCE = 50;
/** 1 s without a message: everybody has sent what he may. */
const PAUSE = 1_000;
/** 60 s without a message: longer than any stall, any wait and Chromium's own between two handshakes. */
const PATIENCE = 60_000;
