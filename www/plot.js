// How has a number gone, as a line and in words?

import { writeText } from "./fields.js";

/** The last 30 seconds of one number. */
export class Plot {
  #line;
  #area;
  #marks;
  #top;
  #text;
  #kind;
  #read = null;
  #samples = [];
  #timer = null;
  #lastDrawn = 0;

  /** `kind` says how the number is written (`write`), how the whole reads (`describe`), and how high the scale is at least. */
  constructor(figure, kind) {
    this.#line = figure.querySelector(".line");
    this.#area = figure.querySelector(".area");
    this.#marks = figure.querySelectorAll("[data-mark]");
    this.#top = figure.querySelector(".top");
    this.#text = figure.querySelector("figcaption");
    this.#kind = kind;
  }

  /** Plots what `read` answers from now on, a gap where that is null; the line before stays until it has moved out of sight. */
  follow(read) {
    this.#read = read;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY);
  }

  #sample() {
    const now = performance.now();
    this.#samples.push({ at: now, value: this.#read() });
    while (this.#samples[0].at < now - SPAN) this.#samples.shift();
    if (now - this.#lastDrawn < (REDUCED_MOTION.matches ? REDUCED_PACE : 0)) return;
    this.#lastDrawn = now;
    this.#draw(now);
  }

  #draw(now) {
    const top = roundUp(Math.max(this.#kind.least, ...this.#samples.map(({ value }) => value ?? 0)));
    const lines = runs(this.#samples).map((run) =>
      run.map(({ at, value }) => [WIDTH * (1 - (now - at) / SPAN), HEIGHT * (1 - value / top)].map((x) => x.toFixed(1))),
    );
    const trace = (points) => `M${points.map((point) => point.join(" ")).join("L")}`;
    this.#line.setAttribute("d", lines.map(trace).join(""));
    this.#area.setAttribute("d", lines.map((points) => `${trace(points)}V${HEIGHT}H${points[0][0]}Z`).join(""));
    for (const mark of this.#marks) mark.style.top = `${100 * (1 - mark.dataset.mark / top)}%`;
    writeText(this.#top, this.#kind.write(top));
    writeText(this.#text, this.#kind.describe(this.#samples));
  }
}

/** The samples between the gaps. */
function runs(samples) {
  const found = [];
  let before = null;
  for (const sample of samples) {
    if (sample.value !== null && before === null) found.push([]);
    if (sample.value !== null) found.at(-1).push(sample);
    before = sample.value;
  }
  return found;
}

/** The next power of two, so that the scale does not jump at every sample. */
function roundUp(value) {
  return 2 ** Math.ceil(Math.log2(value));
}

const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/** The size of the drawing, as its viewBox has it. */
const [WIDTH, HEIGHT] = [300, 100];

/** 30 s of samples, ten a second: a burst of 16 MiB at 1 MiB a second is seen whole. */
const [SPAN, SAMPLE_EVERY] = [30_000, 100];

/** Once a second: a line that redraws so rarely does not read as moving. */
const REDUCED_PACE = 1_000;
