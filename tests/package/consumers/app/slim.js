// What does a page write that has the WebAssembly beside its script?

import init, { Client } from "everwire/slim";

await init();

const { server, name } = Object.fromEntries(new URLSearchParams(location.search));
const client = new Client(server);

client.send(`${name} is here`); // before it is open: it waits
for await (const line of client) {
  if (line === `welcome, ${name}`) client.send(`${name} was welcomed`);
}
