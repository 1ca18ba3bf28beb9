// What time is it, did the machine sleep, and when are we called again? In microseconds, as the engine counts.
//
// `performance.now()` never jumps, but on most systems it stands still while the machine sleeps. `Date.now()` goes on, but
// people set it. Where the second runs ahead of the first, the machine slept, or somebody turned the clock: both make a
// token's age and a socket's life worth a second look.

/** The only clock. Its line of time includes what the machine slept, as far as that can be known. */
export class Clock {
  /** `Date.now()` less `performance.now()`, when they last agreed, in milliseconds. */
  #apart = Date.now() - performance.now();
  /** What was slept since the clock was made, in milliseconds. */
  #slept = 0;
  /** What was last read, and at which millisecond of the calendar it was looked whether it has changed. */
  #latest = 0;
  #looked = 0;

  now() { return this.#latest = micros(performance.now() + this.#slept); }

  /** At most a millisecond ago, and no earlier than anything that was read: to read it costs several times as much. */
  around() {
    const date = Date.now();
    if (date === this.#looked) return this.#latest;
    this.#looked = date;
    return this.now();
  }

  /** Whether the machine has slept since the last look; if so, the time that it slept is part of the line from now on. */
  hasSlept() {
    const apart = Date.now() - performance.now();
    const gap = apart - this.#apart;
    if (Math.abs(gap) < SHORTEST_SLEEP) return false; // jitter, or a small correction; it adds up until it counts
    this.#apart = apart;
    if (gap > 0) this.#slept += gap; // else the clock was set back: our line goes on as it did
    return gap > 0;
  }

  /** The point on our line at which a calendar shows this time, in milliseconds since 1970. */
  atDate(date) { return Math.max(0, micros(date - Date.now() + performance.now() + this.#slept)); }

  /** The calendar's time of a point on our line that has passed. */
  dateOf(at) { return Date.now() - Math.max(0, this.now() - at) / 1_000; }
}

/** One timer. Setting it anew forgets the earlier one. */
export class Timer {
  #at;
  #timeout;

  /** Calls no later than `at`, give or take what the browser adds. It may call sooner: a timer that is already set for an
   *  earlier time stays, since setting one costs more than a call in vain. */
  set(at, now, call) {
    if (this.#at <= at && now < this.#at) return;
    this.forget();
    const wait = Math.min(Math.max(at - now, 0), LONGEST);
    this.#at = now + wait;
    this.#timeout = setTimeout(call, Math.ceil(wait / 1_000));
  }

  /** How much later than asked for it is now, if it is. */
  lateness(now) { return now - (this.#at ?? now); }

  forget() {
    clearTimeout(this.#timeout);
    this.#at = undefined;
  }
}

const micros = (millis) => Math.floor(millis * 1_000);

/** In milliseconds. 10 s: no network forgets a connection sooner, and no clock is corrected by as much without a person. */
const SHORTEST_SLEEP = 10_000;
/** An hour. A browser's timer casts to 32 bits, and one for 30 days fires at once. */
const LONGEST = 3_600_000_000;
