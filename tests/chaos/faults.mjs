// What befalls a client's connections, and after how many bytes?
//
// Only the seed decides, and what passes: no clock, and no other client. So a run with the same seed does the same to everybody.

/** What the proxy can do. Each comes as often as the others. */
export const KINDS = ["cut", "reset", "stall", "delay", "truncate"];

/**
 * The fates of one client, one after the other, over however many connections: `{ kind, after, lasts, each, goesOn }`.
 *
 * `after` bytes from the last one, in both directions together, it comes; every `gap` bytes on average. A stall `lasts`
 * milliseconds, and then the connection goes on or not; a delay holds `each` piece back for so long while it lasts.
 */
export function* fates(seed, client, gap) {
  const chance = chanceOf(seed, client);
  let soon = false;
  for (;;) {
    for (const kind of shuffled(KINDS, chance)) {
      // One in four comes within the handshake or the first frames, but never two in a row: a client may give its session
      // up when nothing gets through five times over (PROTOCOL.md).
      soon = !soon && chance() < 0.25;
      const after = Math.ceil(soon ? 1 + chance() * 900 : gap * (0.3 + chance() * 1.6));
      // some stalls are longer than the 2 s that clients wait for a sign of life; more of them would only take time
      const lasts = kind === "stall" ? 50 + 2_450 * chance() ** 4 : 50 + 450 * chance();
      yield { kind, after, lasts, each: 5 + chance() * 95, goesOn: chance() < 0.7 };
    }
  }
}

/** Numbers from 0 to 1 that only these two decide (Mulberry32, whose first are alike for seeds that are). */
export function chanceOf(seed, client) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(client + 1, 0x85ebca6b)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let number = 0; number < 8; number += 1) next();
  return next;
}

function shuffled(things, chance) {
  const left = [...things];
  return things.map(() => left.splice(Math.floor(chance() * left.length), 1)[0]);
}
