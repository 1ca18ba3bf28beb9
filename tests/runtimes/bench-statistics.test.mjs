// Are the intervals as wide as they must be?

import assert from "node:assert/strict";
import { test } from "node:test";
import { interval, isAtMost, median, ratios } from "../../benches/browser/statistics.mjs";

test("the median is the middle one, or between the two", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("the interval of eleven is from the second to the tenth, as tables of the sign test have it", () => {
  const { low, high } = interval([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  assert.deepEqual([low, high], [2, 10]);
});

test("of six it is all of them, of five there is none", () => {
  const { low, high } = interval([1, 2, 3, 4, 5, 6]);
  assert.deepEqual([low, high], [1, 6]);
  assert.deepEqual([interval([1, 2, 3, 4, 5]).low, interval([1, 2, 3, 4, 5]).high], [-Infinity, Infinity]);
});

test("it holds the true median of a lopsided distribution in at least 95 of 100 cases", () => {
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const held = Array.from({ length: 4_000 }, () => {
    const { low, high } = interval(Array.from({ length: 11 }, () => -Math.log(1 - random())));
    return low <= Math.LN2 && Math.LN2 <= high;
  });
  assert.ok(held.filter(Boolean).length >= 3_800);
});

test("a ratio is taken round by round, so that a slow machine is in neither", () => {
  const { median: ratio, low, high } = ratios([2, 20, 200, 2, 20, 200], [1, 10, 100, 1, 10, 100]);
  assert.deepEqual([ratio, low, high], [2, 2, 2]);
});

test("what the interval holds is undecided", () => {
  assert.equal(isAtMost({ low: 0.9, high: 1 }, 1.05), "yes");
  assert.equal(isAtMost({ low: 1, high: 1.1 }, 1.05), "undecided");
  assert.equal(isAtMost({ low: 1.06, high: 1.1 }, 1.05), "no");
});
