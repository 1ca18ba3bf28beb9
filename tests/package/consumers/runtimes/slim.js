// What does a program write that reads the WebAssembly from its disk?

import { readFile } from "node:fs/promises";
import process from "node:process";
import { Client, initSync } from "everwire/slim";

initSync(await readFile(new URL(import.meta.resolve("everwire/everwire_bg.wasm"))));

const [server, name] = process.argv.slice(2);
const client = new Client(server);

client.send(`${name} is here`);
for await (const line of client) {
  if (line === `welcome, ${name}`) client.send(`${name} was welcomed`);
  if (line === `${name} was welcomed`) client.close(1000, "until next time");
}
const { code, reason } = await client.closed;
console.log(code, reason);
