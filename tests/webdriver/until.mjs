// How does a test wait for a fact?

/**
 * Asks `check` again and again until it answers something true, and gives that back.
 *
 * What never becomes true fails with `fact`, and with what `describe` sees then.
 */
export async function until(fact, check, { limit = LIMIT, describe = async () => "" } = {}) {
  const deadline = Date.now() + limit;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${limit / 1000} s: ${fact}. ${await describe()}`);
    await new Promise((resolve) => setTimeout(resolve, PACE));
  }
}

/** 20 s: hello alone lasts 5, and a shared machine with three browsers is slow at times. */
const LIMIT = 20_000;

/** 30 ms: quick beside any wait here, and light on the driver. */
const PACE = 30;
