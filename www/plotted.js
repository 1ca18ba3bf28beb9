// What is plotted, and how does it read in words?

import { describeBytes } from "./size.js";

/** bufferedAmount, in bytes. */
export const AMOUNT = {
  least: 64 * 1024,
  write: describeBytes,
  describe(samples) {
    const highest = highestOf(samples);
    if (highest === 0) return "bufferedAmount has been 0 for the last 30 seconds: nothing waits.";
    const { value } = samples.at(-1);
    return `bufferedAmount is ${describeBytes(value)}, ${trend(samples)}; the highest of the last 30 seconds was ${describeBytes(highest)}.`;
  },
};

/** From a ping to its answer, in milliseconds; null while there is no connection. */
export const ROUND_TRIP = {
  least: 8,
  write: describeTime,
  describe(samples) {
    const { value } = samples.at(-1);
    if (value === null) return "Not open: no round trip is measured.";
    return `The latest round trip took ${describeTime(value)}; the slowest of the last 30 seconds took ${describeTime(highestOf(samples))}.`;
  },
};

function highestOf(samples) {
  return Math.max(...samples.map(({ value }) => value ?? 0));
}

/** Where an amount went lately. */
function trend(samples) {
  const recent = samples.slice(-TREND_SAMPLES);
  const last = recent.at(-1);
  const peak = recent.reduce((peak, sample) => (sample.value >= peak.value ? sample : peak));
  const since = last.value < peak.value ? peak : recent[0]; // past its peak it falls, however far it had risen
  const change = last.value - since.value;
  if (change === 0) return "steady";
  const seconds = (last.at - since.at) / 1000;
  return `${change > 0 ? "rising" : "falling"} by ${describeBytes(Math.round(Math.abs(change) / seconds))} a second`;
}

function describeTime(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? Number(milliseconds.toFixed(1)) : Math.round(milliseconds)} ms`;
}

/** 3 s: a reader that empties its buffers in steps reads as falling, not as steady. */
const TREND_SAMPLES = 30;
