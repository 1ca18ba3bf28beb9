// What came of a run, and was it what was promised?

import { KINDS } from "./faults.mjs";

/** Everybody side by side, as a table. */
export function lines(results, { clients, messages }, seed) {
  const columns = ["", "sent", "came back", "lost", "doubled", "reordered", "changed", "sockets", ...KINDS, "refused", "killed", "seconds", "each way/s"];
  const rows = results.map(({ arm, sent, seen, lost, doubled, reordered, garbled, opened, faults, seconds }) => {
    const counts = [sent, seen, lost, doubled, reordered, garbled, opened, ...KINDS.map((kind) => faults[kind]), faults.refused, faults.kill];
    return [arm, ...counts, seconds.toFixed(0), Math.round(seen / seconds)].map(String);
  });
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(" | ")} |`;
  const ruler = `|${widths.map((width, at) => "-".repeat(width + 1) + (at === 0 ? "-" : ":")).join("|")}|`;
  return [
    `| ${clients} clients, ${messages} messages each, there and back; --seed ${seed} is the same run again`,
    line(columns),
    ruler,
    ...rows.map(line),
  ];
}

/** What is wrong with it, in sentences. */
export function faulty({ arm, sent, lost, doubled, reordered, garbled, troubles, faults, stuck }, plan) {
  const said = [];
  const kinds = [...KINDS.map((kind) => [kind, faults[kind], plan.each]), ["kill", faults.kill, plan.kills]];
  if (arm === "plain") {
    if (lost === 0) said.push("plain: nothing was lost, so the faults are none");
  } else {
    if (sent !== plan.clients * plan.messages) said.push(`${arm}: not all were sent`);
    if (lost + doubled + reordered + garbled > 0) said.push(`${arm}: not exactly once and in order`);
    for (const [kind, count, least] of kinds) if (count < least) said.push(`${arm}: only ${count} of ${kind}, wanted ${least}`);
    said.push(...troubles.slice(0, MOST));
  }
  for (const one of stuck.slice(0, MOST)) said.push(`${arm}: client ${one.client} is not through: ${JSON.stringify(one)}`);
  return said;
}

/** Of a kind of complaint: the first tell enough. */
const MOST = 10;
