// What does a sceptic read?
//
// `node benches/browser/report.mjs RESULTS.md GROWTH.svg ENGINE.txt STAMPEDE.txt RESULT.json…` writes one page of all that
// was measured, and a picture: the marks first, then what main.mjs measured, then what the native benches printed. A cell is a
// median with its 95 % interval; what it is compared with ran in the same rounds.

import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { growth } from "./growth.mjs";
import { judged, MARKS } from "./marks.mjs";
import { differences, interval, ratios } from "./statistics.mjs";
import { WORKS } from "./works.mjs";

const [out, picture, engine, stampede, ...files] = process.argv.slice(2);
const results = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, "utf8"))));
const peers = JSON.parse(await readFile(new URL("package.json", import.meta.url), "utf8")).devDependencies;
const crates = await readFile(new URL("rust/Cargo.toml", import.meta.url), "utf8");

const machine = `${cpus()[0].model}, ${availableParallelism()} cores`;
const browsers = results.map(({ browser, version, rounds }) => `${browser} ${version} (${rounds} rounds)`).join(", ");
const lines = [
  "# Results",
  "",
  `Written by \`cargo xtask bench\` on ${new Date().toISOString().slice(0, 10)}; it overwrites this page. ${machine}; ${browsers}.`,
  "",
  `Peers: ${[...javascriptPeers(), ...rustPeers()].join(", ")}. Rust programs are built alike: opt-level 3, LTO.`,
  "",
  "On a real socket most of what is told apart here is less than a machine's own noise; what a library costs by itself shows without a network. What is not reached is named first.",
  "",
  "Each round everyone does the same in the same page, in an order that turns from round to round; a ratio is taken within its round. In brackets: the 95 % interval of the median, by the order of the values alone. An interval on both sides of a mark is undecided. The browser beside itself shows what this machine can tell apart.",
  ...marks(),
  "",
  "## Growth",
  "",
  "Without a network; the numbers stand further below.",
  "",
  "![What a message costs as the queue and the number of clients grow](../docs/growth.svg)",
  ...results.flatMap((result) => [...tables(result)]),
  "",
  "## The engine by itself",
  "",
  "`cargo bench --bench engine`, native: one message through `handle` and `poll`, with so many waiting. Below each time: messages a second, and what is allocated.",
  "",
  "```text",
  (await readFile(engine, "utf8")).trim(),
  "```",
  "",
  "## The stampede",
  "",
  "`cargo bench --bench stampede`, in virtual time: a server stops for five seconds, then takes as many handshakes a second as would have everybody back in thirty. Everwire is its own engine; the others are their backoff rules, as documented ([rules.rs](stampede/rules.rs)).",
  "",
  "![Attempts in each second](../docs/stampede.svg)",
  "",
  (await readFile(stampede, "utf8")).trim(),
  "",
];
await writeFile(out, lines.join("\n"));
await writeFile(picture, growth(results));

function javascriptPeers() {
  return Object.entries(peers).filter(([name]) => name !== "esbuild").map((pair) => pair.join(" "));
}

function rustPeers() {
  return Array.from(crates.matchAll(/^([\w-]+) = .*"=(\d[\d.]+)"/gm), ([, name, version]) => `${name} ${version}`);
}

/** How many of each mark's comparisons reach it, in each browser; and those which do not. */
function* marks() {
  yield* ["", "## The marks", "", `| Mark | ${results.map(({ browser }) => browser).join(" | ")} |`, `|---|${"---|".repeat(results.length)}`];
  const missed = [];
  for (const mark of MARKS) {
    const verdicts = results.map((result) => {
      const work = result.works.find(({ name }) => name === mark.work);
      const all = work ? judged(mark, work) : [];
      for (const one of all) if (one.verdict === "no") missed.push({ ...one, browser: result.browser, mark });
      const count = (verdict) => all.filter((one) => one.verdict === verdict).length;
      return all.length === 0 ? "not measured" : `${count("yes")} yes, ${count("undecided")} undecided, ${count("no")} no`;
    });
    yield `| ${mark.says} | ${verdicts.join(" | ")} |`;
  }
  if (missed.length === 0) return;
  yield* ["", "Not reached:", ""];
  for (const { mark, browser, arm, baseline, cell, found } of missed) {
    yield `- ${mark.says}: ${arm}, ${cell}, beside ${baseline}, ${browser}: ${mark.ratio === undefined ? extra(found) : ratio(found)}`;
  }
}

function* tables({ browser, works }) {
  for (const { name, times } of works) {
    const { title, about, groups, cells, isExtra, isAbsolute } = WORKS.find((work) => work.name === name);
    yield* ["", `## ${title}: ${browser}`, "", about];
    for (const { arms, baseline } of groups) {
      yield* ["", `| | ${cells.map((cell) => cell.name).join(" | ")} |`, `|---|${"---:|".repeat(cells.length)}`];
      for (const arm of arms) {
        const shown = cells.map(({ name: cell }) => {
          if (isAbsolute) return value(interval(times[arm][cell]));
          if (arm === baseline) return `**${number(interval(times[arm][cell]).median)}**`;
          return (isExtra ? extra(differences(times[arm][cell], times[baseline][cell])) : ratio(ratios(times[arm][cell], times[baseline][cell])));
        });
        yield `| ${arm} | ${shown.join(" | ")} |`;
      }
    }
  }
}

function value({ median, low, high }) {
  return median === 0 ? "" : `${number(median)} (${number(low)}–${number(high)})`;
}

function ratio({ median, low, high }) {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function extra({ median, low, high }) {
  const signed = (value) => `${value < 0 ? "−" : "+"}${number(Math.abs(value))}`;
  return `${signed(median)} (${signed(low)} to ${signed(high)})`;
}

/** Three digits that matter. */
function number(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
