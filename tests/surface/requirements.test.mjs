// Which JavaScript, and what of the browser, must be there for what is shipped to run?
//
// README's table of browsers follows from this and from what the .wasm needs (module.rs).

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "acorn";
import { pkg } from "../webdriver/environment.mjs";
import { mustBe } from "./snapshot.mjs";

const require = createRequire(import.meta.url);
const ts = require("typescript-oldest"); // the newest has no API in JavaScript any more

test("what is shipped needs no more of an engine than it did", async () => {
  const { exports } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
  const members = await newerMembers();
  const lines = [
    "What the shipped JavaScript needs; `?` behind what it asks for first, by typeof. Made by",
    "tests/surface/requirements.test.mjs; README's table of browsers follows from it, and from module.rs beside it.",
  ];
  for (const [entry, { default: file }] of Object.entries(exports)) {
    if (!file?.endsWith(".js")) continue;
    const path = join(pkg, file);
    const { globals, names } = used(path);
    const newer = [...names].filter((name) => members.has(name)).sort();
    const text = await readFile(path, "utf8");
    const blocks = /\bstatic\s*\{/.test(text) ? "with" : "without"; // two years younger than the rest of ES2022, in Safari
    lines.push("", entry.replace(/^\./, "everwire"), `    ECMAScript ${oldestSyntax(text)}, ${blocks} static blocks`);
    lines.push(...globals.map((name) => `    ${name}`));
    lines.push(...newer.map((name) => `    .${name}, of ${members.get(name)} where it is the language's`));
  }
  await mustBe("requirements.txt", lines);
});

test("syntax that is too new is noticed", () => {
  assert.equal(oldestSyntax("class A { static { A.b ??= 1; } #c; }"), 2022);
  assert.equal(oldestSyntax("export const a = b?.c;"), 2020);
  assert.equal(oldestSyntax("/[[a]--b]/v.test(c)"), 2024);
});

/** The edition of the language that understands all of it. */
function oldestSyntax(text) {
  for (let edition = 2015; edition <= 2026; edition += 1) {
    try {
      parse(text, { ecmaVersion: edition, sourceType: "module" });
      return edition;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new Error("no edition that this parser knows understands it");
}

/** The names that nobody in the file declares, with the members that are taken of them; and all names of members. */
function used(path) {
  const options = { allowJs: true, noLib: true, noResolve: true, target: ts.ScriptTarget.ESNext, types: [] };
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const names = new Set();
  const globals = new Set();
  const asked = new Set();
  const visit = (node) => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) names.add(node.name.text);
    if (ts.isBindingElement(node)) names.add((node.propertyName ?? node.name).getText());
    if (ts.isIdentifier(node) && isReference(node) && !declared(node)) {
      globals.add(node.text);
      if (ts.isTypeOfExpression(node.parent)) asked.add(node.text);
      if (ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node) {
        const member = `${node.text}.${node.parent.name.text}`;
        globals.add(member);
      }
    }
    ts.forEachChild(node, visit);
  };
  // the compiler itself declares globalThis
  const declared = (node) =>
    node.text !== "globalThis" && checker.resolveName(node.text, node, ts.SymbolFlags.Value, false) !== undefined;
  visit(program.getSourceFile(path));
  const shown = [...globals].filter((name) => !["undefined", "arguments"].includes(name)).sort();
  return { globals: shown.map((name) => (asked.has(name) ? `${name} ?` : name)), names };
}

/** Read as a value, and not the name of a member, a label or an export. */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isExportSpecifier(parent) || ts.isMetaProperty(parent)) return false;
  return !((ts.isClassElement(parent) || ts.isObjectLiteralElement(parent)) && parent.name === node);
}

/** Members that the language has had since 2020 or later, by TypeScript's description of it: since when. */
async function newerMembers() {
  const folder = join(dirname(require.resolve("typescript-oldest/package.json")), "lib");
  const files = (await readdir(folder)).filter((name) => /^lib\.(es|dom)[\w.]*\.d\.ts$/.test(name));
  const since = new Map();
  const old = new Set();
  for (const name of files) {
    const edition = /^lib\.(es20\d\d|esnext)/.exec(name)?.[1] ?? "";
    const source = ts.createSourceFile(name, await readFile(join(folder, name), "utf8"), ts.ScriptTarget.Latest);
    for (const { members = [] } of source.statements) {
      for (const member of members) {
        if (!member.name || !ts.isIdentifier(member.name)) continue;
        const known = since.get(member.name.text);
        if (edition < "es2020") old.add(member.name.text); // the browser's own, too: they have globals to be known by
        else if (!known || edition < known) since.set(member.name.text, edition);
      }
    }
  }
  old.forEach((name) => since.delete(name));
  return since;
}
