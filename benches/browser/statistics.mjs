// What may be said of numbers that were measured on a noisy machine?

/** The middle one; of two, the mean. */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * The median, and between which two of the values the true one lies with 95 % confidence at least: by their order alone
 * (the binomial distribution of how many fall below it), whatever the noise looks like. Below six values there is no such
 * interval: it is without end.
 */
export function interval(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const count = sorted.length;
  let below = 0; // how many of the outermost may be left out at each end
  let tail = 0.5 ** count;
  for (let next = tail; tail <= 0.025; below += 1) {
    next *= (count - below) / (below + 1);
    tail += next;
  }
  const [low, high] = below === 0 ? [-Infinity, Infinity] : [sorted[below - 1], sorted[count - below]];
  return { median: median(values), low, high };
}

/** Of each round its own ratio: what slows the machine down slows both. */
export function ratios(values, baseline) {
  return interval(values.map((value, round) => value / baseline[round]));
}

/** Of each round its own difference. */
export function differences(values, baseline) {
  return interval(values.map((value, round) => value - baseline[round]));
}

/** Is it at most so much? "undecided" is an answer. */
export function isAtMost({ low, high }, mark) {
  if (high <= mark) return "yes";
  return low > mark ? "no" : "undecided";
}
