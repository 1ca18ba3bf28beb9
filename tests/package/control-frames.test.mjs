// Does JavaScript's reader of control frames take what Rust's takes, and nothing else?
//
// tests/fuzz/frames is the corpus of both: each file is a text as it travels, and its name says what becomes of it. A frame that
// only a client says is refused here.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isMarked, marked, read, unmarked, written } from "../../src/js/control.js";
import { root } from "../webdriver/environment.mjs";

const folder = join(root, "tests/fuzz/frames");
const ID = "q83vEjRWeJCrze8SNFZ4kA";
const known = { session: ID, offer: ["chat"], placeOf: () => 1 };

describe("a control frame", () => {
  for (const file of readdirSync(folder)) {
    test(`${file}`, () => {
      const text = readFileSync(join(folder, file), "utf8");
      const isRefused = file.endsWith(".refused") || file.startsWith("client-");
      const isMessage = !isMarked(text) || unmarked(text) !== undefined;
      assert.equal(isMessage, file.startsWith("message"));
      if (isMessage) return;
      const session = text.includes("a".repeat(128)) ? "a".repeat(128) : ID;
      assert.equal(read(text, { ...known, session }).type === "nonsense", isRefused);
    });
  }

  test("of another session, or with what was not offered, is refused", () => {
    const text = readFileSync(join(folder, "welcome-resumed.taken"), "utf8");
    assert.equal(read(text, { ...known, session: undefined }).type, "nonsense");
    const chat = readFileSync(join(folder, "welcome-protocol.taken"), "utf8");
    assert.equal(read(chat, { ...known, offer: [] }).type, "nonsense");
  });

  test("is written as PROTOCOL.md has it", () => {
    const said = (frame, id, size) => written({ frame, id, size }, ID, "eyJh");
    assert.equal(said("Hello"), '\0{"type":"hello"}');
    assert.equal(said("Again", 3, 17), `\0{"type":"hello","session":"${ID}","socket":3,"received":17}`);
    assert.equal(said("Ack", 0, 18), '\0{"type":"ack","received":18}');
    assert.equal(said("Auth"), '\0{"type":"authenticate","token":"eyJh"}');
    assert.throws(() => written({ frame: "Auth" }, ID, "x".repeat(4_096)), { code: "misuse/token" });
    assert.equal(marked("\0x"), "\0\0x");
  });
});
