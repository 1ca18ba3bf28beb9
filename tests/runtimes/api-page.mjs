// What does docs/API.md say of the package's types?

import { createRequire } from "node:module";

// the oldest of the compilers: the newest has no API in JavaScript any more
const ts = createRequire(import.meta.url)("typescript-oldest");

/** A table for each declaration that has members, in the order of the types; the others in a line of their own. */
export function reference(types) {
  const source = ts.createSourceFile("everwire.d.ts", types, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    const name = statement.name?.text ?? "init";
    if (statement.name === undefined && !ts.isFunctionDeclaration(statement)) return [];
    return ["", `### ${name}`, ...paragraph(said(statement)), ...body(statement, source)];
  });
}

function body(statement, source) {
  if (!statement.members) return paragraph([`\`${inOneLine(statement, source)}\``]);
  const bases = (statement.heritageClauses ?? []).map((clause) => inOneLine(clause, source)).join(" ");
  const rows = [];
  for (const member of statement.members) {
    const row = `| \`${cell(signature(member, source))}\` | ${cell(said(member).join(" "))} |`;
    if (!rows.includes(row)) rows.push(row);
  }
  return [...paragraph(bases ? [`\`${bases}\``] : []), "", "| Member | |", "|---|---|", ...rows];
}

/** As it is declared, but that `?` says enough of an option: each takes undefined, too. */
function signature(member, source) {
  return inOneLine(member, source).replace(/;$/, "").replace(/(\?: .*) \| undefined$/, "$1");
}

/** Its comment, a paragraph for each. */
function said(node) {
  const comments = node.jsDoc ?? [];
  const text = comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join("\n\n");
  return text.split(/\n\n+/).map((part) => part.replace(/\s*\n\s*(?!- )/g, " ").trim()).filter(Boolean);
}

function paragraph(parts) {
  return parts.flatMap((part) => ["", part]);
}

function inOneLine(node, source) {
  const printer = ts.createPrinter({ removeComments: true });
  const text = printer.printNode(ts.EmitHint.Unspecified, node, source).replace(/\s+/g, " ");
  return text.replace(/^export (declare )?(?!default)/, "").trim();
}

/** A table's cell ends at a bar. */
function cell(text) {
  return text.replaceAll("|", "\\|");
}
