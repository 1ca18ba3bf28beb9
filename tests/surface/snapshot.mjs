// How does what the package promises compare with what is written down?

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";

/** Fails with the difference to the file of this name, or writes it down where EVERWIRE_ACCEPT is set. */
export async function mustBe(name, lines) {
  const file = new URL(name, import.meta.url);
  const now = `${lines.join("\n")}\n`;
  if (process.env.EVERWIRE_ACCEPT) await writeFile(file, now);
  const before = await readFile(file, "utf8").catch(() => ""); // not there yet: all of it is new
  // a checkout may have changed the line ends
  assert.deepEqual(now.split("\n"), before.split(/\r?\n/), `tests/surface/${name} is no longer true. ${ADVICE}`);
}

const ADVICE =
  "If nobody meant this, undo it. If it is meant, docs/SEMVER.md says which version it takes: tell it in CHANGELOG, then " +
  "run this test with EVERWIRE_ACCEPT=1, which writes it down.";
