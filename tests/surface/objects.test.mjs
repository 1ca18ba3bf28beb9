// What does an engine see of the package: exports, classes, their members?

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pkg } from "../webdriver/environment.mjs";
import { consumerPage } from "../package/consumer-page.mjs";
import { mustBe } from "./snapshot.mjs";

describe("the objects of the package", () => {
  const page = consumerPage();

  test("are what they were", async () => {
    const { exports } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
    const lines = [
      "What an engine sees of the package: functions with their length; (hidden) is not enumerable, (fixed) cannot be written,",
      "(sealed) cannot be configured. Made by tests/surface/objects.test.mjs.",
    ];
    await page.open({ init: false });
    for (const [entry, target] of Object.entries(exports)) {
      if (!target.default?.endsWith(".js")) continue;
      const described = await page.run(describeModule, `/pkg/${target.default}`);
      lines.push("", entry.replace(/^\./, "everwire"), ...described);
    }
    // members that are there only where the engine has the symbol
    const missing = await page.run(() => ["dispose", "asyncDispose"].filter((name) => !(name in Symbol)));
    const asWritten = missing.length ? await withLines("objects.txt", lines, missing.map((name) => `@@${name}`)) : lines;
    await mustBe("objects.txt", asWritten);
  });
});

/** `lines`, and between them those of the file that are about a member which this engine cannot have. */
async function withLines(name, lines, members) {
  const written = (await readFile(new URL(name, import.meta.url), "utf8")).split(/\r?\n/).slice(0, -1);
  const rest = [...lines];
  return written
    .filter((line) => {
      if (members.some((member) => line.includes(member))) return true;
      const here = rest.indexOf(line);
      if (here >= 0) rest.splice(here, 1);
      return here >= 0;
    })
    .concat(rest);
}

/** In the page: the module's exports, and what each of them is. */
async function describeModule(address) {
  const module = await import(address);
  const lines = [];
  const nameOf = (key) => (typeof key === "symbol" ? `@@${key.description.replace("Symbol.", "")}` : key);
  const marks = ({ enumerable, writable, configurable }) =>
    `${enumerable ? "" : " (hidden)"}${writable === false ? " (fixed)" : ""}${configurable ? "" : " (sealed)"}`;
  const shown = (value) => {
    if (typeof value === "function") return `function/${value.length}`; // its name is the key, or a minifier's
    return typeof value === "object" && value !== null ? "object" : JSON.stringify(value) ?? `${value}`;
  };
  const members = (object, indent) => {
    const keys = Reflect.ownKeys(object).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    for (const key of keys) {
      const described = Object.getOwnPropertyDescriptor(object, key);
      const { get, set, value } = described;
      if (key === "prototype" || key === "constructor") continue;
      // engines leave the order and the number of an Error class's own extras to themselves
      if (key === "stackTraceLimit" || key === "captureStackTrace") continue;
      const what = get || set ? `${get ? "get" : ""}${get && set ? " and " : ""}${set ? "set" : ""}` : shown(value);
      lines.push(`${indent}${nameOf(key)}: ${what}${marks(described)}`);
    }
  };
  const isClass = (value) => typeof value === "function" && /^class\b/.test(`${value}`);
  for (const name of Object.keys(module).sort()) {
    const value = module[name];
    if (!isClass(value)) {
      lines.push(`    ${name}: ${shown(value)}`);
      continue;
    }
    lines.push(`    ${name}: class ${value.name}/${value.length} extends ${Object.getPrototypeOf(value).name}`);
    lines.push("        itself");
    members(value, "            ");
    lines.push("        its prototype");
    members(value.prototype, "            ");
  }
  // of an instance nothing is to be seen; of an error its code
  await module.default(...(address.includes("embedded") ? [] : [new URL("everwire_bg.wasm", new URL(address, location))]));
  const client = new module.Client("/ws/echo");
  lines.push("    of a Client");
  members(client, "        ");
  await client.opened;
  const { code, reason, wasClean } = await client.close();
  lines.push(`        close() gives ${JSON.stringify({ code, reason, wasClean })}`);
  lines.push(`        stats() gives ${Object.keys(client.stats()).join(", ")}`);
  const socket = new module.WebSocket("/ws/echo");
  lines.push("    of a WebSocket");
  members(socket, "        ");
  socket.close();
  const Layered = module.WebSocket.with({ reconnect: true });
  lines.push(`    of WebSocket.with: class ${Layered.name}/${Layered.length} extends ${Object.getPrototypeOf(Layered).name}`);
  members(Layered, "        ");
  try {
    new module.Client("/ws/echo", { connectTimeout: -1 });
  } catch (error) {
    lines.push(`    of an error: ${error.constructor.name}, name ${error.name}, code ${error.code}`);
    for (const key of ["code", "message", "cause"]) {
      const described = Object.getOwnPropertyDescriptor(error, key);
      lines.push(`        ${key}: ${described ? typeof described.value + marks(described) : "not there"}`);
    }
  }
  return lines;
}
