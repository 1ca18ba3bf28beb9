// What does a page write that wants to know from where the WebAssembly comes?

import init, { Client } from "everwire/slim";
import wasm from "everwire/everwire_bg.wasm?url";

await init(wasm);

const { server, name } = Object.fromEntries(new URLSearchParams(location.search));
const client = new Client(server);

client.send(`${name} is here`);
for await (const line of client) {
  if (line === `welcome, ${name}`) client.send(`${name} was welcomed`);
}
