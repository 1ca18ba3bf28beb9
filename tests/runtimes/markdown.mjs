// What is on a page of ours: its samples, its headings, its links?

/** Each fenced sample: its language, its text, its line, and what the comment right above it says. A comment
 *  `<!-- given: … -->` is code that the sample takes for granted; `<!-- run -->` says that it can be run as it is. */
export function samplesOf(page) {
  const fences = /(?:^<!-- (given:|run)((?:(?!-->)[^])*)-->\n)?^ *```(\w*)[^\n]*\n([^]*?)^ *```$/gm;
  return [...page.matchAll(fences)].map(({ 0: whole, 1: word, 2: given = "", 3: language, 4: text, index }) => ({
    language,
    text,
    line: page.slice(0, index + whole.indexOf("```")).split("\n").length,
    given: word === "given:" ? given : "",
    runs: word === "run",
  }));
}

/** The anchors that GitHub gives to its headings. */
export function anchorsOf(page) {
  const times = new Map();
  return [...prose(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => {
    const slug = heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "").replaceAll(" ", "-");
    const before = times.get(slug) ?? 0;
    times.set(slug, before + 1);
    return before ? `${slug}-${before}` : slug;
  });
}

/** Where it leads to: what stands in `[…](here)`. */
export function linksOf(page) {
  return [...prose(page).replace(/`[^`\n]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, address]) => address);
}

/** What stands in backticks. */
export function codeOf(page) {
  return [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text);
}

/** The page without its samples. */
function prose(page) {
  return page.replace(/^ *```[^]*?^ *```$/gm, "");
}
