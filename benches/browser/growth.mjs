// Does a message cost the same however many wait, and however many clients there are?
//
// An SVG with a plot for each: the median with its 95 % interval, both axes logarithmic, so that what grows with the number
// is a steep line and what does not is a flat one. Readable on white and on black.

import { interval } from "./statistics.mjs";

const [WIDTH, HEIGHT] = [430, 300];
/** Around a plot: left, top, right, bottom. */
const MARGIN = { left: 52, top: 44, right: 16, bottom: 76 };
const COLOURS = ["#2f81f7", "#d29922", "#3fb950", "#a371f7", "#f85149", "#8b949e"];
/** Microseconds. */
const [LEAST, MOST] = [0.1, 100];

const PLOTS = [
  { work: "queue", title: "So many messages wait", arms: ["put", "taken"] },
  { work: "clients", title: "So many clients in the page", arms: ["everwire Client"] },
];

/** `results`: what main.mjs measured, a browser each. */
export function growth(results) {
  const plots = PLOTS.map(({ work, title, arms }, number) => {
    const lines = results.flatMap(({ browser, works }) => {
      const times = works.find(({ name }) => name === work)?.times;
      return times ? arms.map((arm) => ({ name: `${arm}, ${browser}`, points: points(times[arm]) })) : [];
    });
    return `<g transform="translate(${number * WIDTH} 0)">${plot(`${title}: microseconds for a message`, lines)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PLOTS.length * WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
<title>What a message costs as the queue and the number of clients grow</title>
<style>text { fill: #57606a } .grid { stroke: #8b949e; stroke-opacity: .3 } @media (prefers-color-scheme: dark) { text { fill: #c9d1d9 } }</style>
${plots.join("\n")}
</svg>
`;
}

function points(times) {
  return Object.entries(times).map(([count, values]) => ({ count: Number(count), ...interval(values) }));
}

function plot(title, lines) {
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ count }) => count)), 10);
  const decades = Math.ceil(Math.log10(most));
  const bottom = HEIGHT - MARGIN.bottom;
  const x = (count) => MARGIN.left + (Math.log10(count) / decades) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (time) => {
    const part = Math.log10(Math.min(Math.max(time, LEAST), MOST) / LEAST) / Math.log10(MOST / LEAST);
    return bottom - part * (bottom - MARGIN.top);
  };
  const parts = [text("start", MARGIN.left, 20, title)];
  for (let time = LEAST; time <= MOST; time *= 10) {
    parts.push(line("grid", x(1), y(time), x(10 ** decades), y(time)), text("end", MARGIN.left - 8, y(time) + 4, `${Number(time.toPrecision(1))}`));
  }
  for (let decade = 0; decade <= decades; decade += 1) {
    const at = x(10 ** decade);
    parts.push(line("grid", at, MARGIN.top, at, bottom), text("middle", at, bottom + 18, (10 ** decade).toLocaleString("en", { notation: "compact" })));
  }
  lines.forEach(({ name, points }, number) => {
    const colour = COLOURS[number % COLOURS.length];
    const path = points.map(({ count, median }) => `${x(count).toFixed(1)},${y(median).toFixed(1)}`).join(" ");
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const { count, low, high } of points) {
      parts.push(`<path d="M${x(count).toFixed(1)} ${y(low).toFixed(1)}V${y(high).toFixed(1)}" stroke="${colour}"/>`);
    }
    const [left, top] = [MARGIN.left + (number % 2) * 180, HEIGHT - 36 + (number >> 1) * 18];
    parts.push(`<rect x="${left}" y="${top - 6}" width="14" height="4" fill="${colour}"/>`, text("start", left + 20, top, name));
  });
  return parts.join("\n");
}

function line(kind, x1, y1, x2, y2) {
  return `<line class="${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`;
}

function text(anchor, x, y, words) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
}
