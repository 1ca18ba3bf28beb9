// What does a page write whose tool gives it addresses (`--loader:.wasm=file`)?

import init, { Client } from "everwire/slim";
import wasm from "everwire/everwire_bg.wasm";

await init(new URL(wasm, import.meta.url));

const { server, name } = Object.fromEntries(new URLSearchParams(location.search));
const client = new Client(server);

client.send(`${name} is here`);
for await (const line of client) {
  if (line === `welcome, ${name}`) client.send(`${name} was welcomed`);
}
