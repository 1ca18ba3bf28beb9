// Where does the page get a token, and how long does it last?

/** One for a day, and the client is told when it ends: it asks for the next one in time. */
export function fetchDayToken(signal) {
  return fetchToken(DAY, signal);
}

/** One for two seconds, and the client is not told: it learns from the server that it has ended. */
export async function fetchShortToken(signal) {
  const { value } = await fetchToken(SHORT, signal);
  return value;
}

async function fetchToken(seconds, signal) {
  const answer = await fetch(`/token?ttl=${seconds}`, { signal });
  if (!answer.ok) throw new Error(`/token answered ${answer.status}`);
  const { token, expiresAt } = await answer.json();
  return { value: token, expiresAt };
}

const DAY = 24 * 60 * 60;

/** 2 s: long enough to be seen open. */
const SHORT = 2;
