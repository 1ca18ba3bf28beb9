// How has bufferedAmount gone, as a line and in words?

import { describeBytes } from "./size.js";

/** The last 30 seconds of one socket's bufferedAmount. */
export class Plot {
  #line;
  #area;
  #top;
  #text;
  #socket = null;
  #samples = [];
  #timer = null;
  #lastDrawn = 0;

  constructor(card) {
    this.#line = card.querySelector("#plot-line");
    this.#area = card.querySelector("#plot-area");
    this.#top = card.querySelector("#plot-top");
    this.#text = card.querySelector("#plot-text");
  }

  /** Plots `socket` from now on; the line before stays until it has moved out of sight. */
  follow(socket) {
    this.#socket = socket;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY);
  }

  #sample() {
    const now = performance.now();
    this.#samples.push({ at: now, amount: this.#socket.bufferedAmount });
    while (this.#samples[0].at < now - SPAN) this.#samples.shift();
    if (now - this.#lastDrawn < (REDUCED_MOTION.matches ? REDUCED_PACE : 0)) return;
    this.#lastDrawn = now;
    this.#draw(now);
  }

  #draw(now) {
    const highest = Math.max(...this.#samples.map(({ amount }) => amount));
    const top = roundUp(highest);
    const points = this.#samples.map(({ at, amount }) => {
      const x = WIDTH * (1 - (now - at) / SPAN);
      const y = HEIGHT * (1 - amount / top);
      return `${x.toFixed(1)} ${y.toFixed(1)}`;
    });
    const first = Math.max(0, WIDTH * (1 - (now - this.#samples[0].at) / SPAN)).toFixed(1);
    this.#line.setAttribute("d", `M${points.join("L")}`);
    this.#area.setAttribute("d", `M${points.join("L")}L${WIDTH} ${HEIGHT}L${first} ${HEIGHT}Z`);
    write(this.#top, describeBytes(top));
    write(this.#text, this.#describe(highest));
  }

  #describe(highest) {
    const { amount } = this.#samples.at(-1);
    if (highest === 0) return "bufferedAmount has been 0 for the last 30 seconds: nothing waits.";
    return `bufferedAmount is ${describeBytes(amount)}, ${this.#trend()}; the highest of the last 30 seconds was ${describeBytes(highest)}.`;
  }

  /** Where it went lately. */
  #trend() {
    const recent = this.#samples.slice(-TREND_SAMPLES);
    const last = recent.at(-1);
    const peak = recent.reduce((peak, sample) => (sample.amount >= peak.amount ? sample : peak));
    const since = last.amount < peak.amount ? peak : recent[0]; // past its peak it falls, however far it had risen
    const change = last.amount - since.amount;
    if (change === 0) return "steady";
    const seconds = (last.at - since.at) / 1000;
    return `${change > 0 ? "rising" : "falling"} by ${describeBytes(Math.round(Math.abs(change) / seconds))} a second`;
  }
}

/** The next power of two, so that the scale does not jump at every sample; 64 KiB at least. */
function roundUp(amount) {
  return Math.max(64 * 1024, 2 ** Math.ceil(Math.log2(Math.max(1, amount))));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/** The size of the drawing, as its viewBox has it. */
const [WIDTH, HEIGHT] = [300, 100];

/** 30 s of samples, ten a second: a burst of 16 MiB at 1 MiB a second is seen whole. */
const [SPAN, SAMPLE_EVERY] = [30_000, 100];

/** 3 s: a reader that empties its buffers in steps reads as falling, not as steady. */
const TREND_SAMPLES = 30;

/** Once a second: a line that redraws so rarely does not read as moving. */
const REDUCED_PACE = 1_000;
