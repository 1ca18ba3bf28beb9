// Where does the page get a token, and how long does it last?
//
// The client is never told when one ends: the server forgets them all when it restarts. So it learns it from a 4401.

/** One for a day. */
export function fetchDayToken(signal) {
  return fetchToken(DAY, signal);
}

/** One that ends while the visitor looks on. */
export function fetchShortToken(signal) {
  return fetchToken(SHORT, signal);
}

async function fetchToken(seconds, signal) {
  const answer = await fetch(`/token?ttl=${seconds}`, { signal });
  if (!answer.ok) throw new Error(`/token answered ${answer.status}`);
  const { token } = await answer.json();
  return token;
}

const DAY = 24 * 60 * 60;

/** 2 s: long enough to be seen open. */
const SHORT = 2;
