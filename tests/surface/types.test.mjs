// Are the package's types what they were, declaration by declaration?

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pkg } from "../webdriver/environment.mjs";
import { mustBe } from "./snapshot.mjs";

// the oldest of the two compilers: the newest has no API in JavaScript any more
const ts = createRequire(import.meta.url)("typescript-oldest");

test("the types are what they were", async () => {
  const manifest = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
  const entries = Object.entries(manifest.exports).map(([name, target]) => {
    const types = typeof target === "object" ? target.types : undefined;
    return { name: name.replace(/^\./, "everwire"), types };
  });
  const files = [...new Set(entries.map(({ types }) => types).filter(Boolean))];
  const lines = [
    "The npm package's types, without comments, sorted by name; made by tests/surface/types.test.mjs.",
    "",
    ...entries.map(({ name, types }) => (types ? `${name}: types ${types}` : name)),
  ];
  for (const file of files) lines.push("", file, ...declarations(file, await readFile(join(pkg, file), "utf8")));
  await mustBe("types.txt", lines);
});

/** Each declaration, and each of its members in a line of its own. */
function declarations(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const printer = ts.createPrinter({ removeComments: true });
  const inOneLine = (node) =>
    printer.printNode(ts.EmitHint.Unspecified, node, source).replace(/\s+/g, " ").replace(/^export declare /, "export ");
  const shown = source.statements.map((statement) => {
    const whole = inOneLine(statement);
    const members = statement.members;
    if (!members) return { name: statement.name?.text ?? whole, lines: [whole] };
    const head = whole.slice(0, whole.indexOf(" {"));
    // overloads keep their order: the first that fits is taken
    const parts = Array.from(members, (member) => ({ name: member.name?.getText() ?? "constructor", line: inOneLine(member) }));
    parts.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return { name: statement.name?.text ?? head, lines: [head, ...parts.map(({ line }) => `    ${line}`)] };
  });
  shown.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return shown.flatMap(({ lines }) => lines);
}
