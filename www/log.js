// How does a line get into a log?

/** Adds a line at the end of `log` and keeps it in view; the oldest goes when there are too many. */
export function addLine(log, text) {
  const line = document.createElement("div");
  line.textContent = text;
  log.append(line);
  while (log.childElementCount > MOST_LINES) log.firstElementChild.remove();
  log.scrollTop = log.scrollHeight;
}

/** 100: more than anyone reads back, little for the page to hold. */
const MOST_LINES = 100;
