// What does a strict TypeScript page write that has the WebAssembly beside its script?

import init, { Client, type ClientOptions, type Received } from "everwire/slim";

await init();

const asked = new URLSearchParams(location.search);
const name = asked.get("name") ?? "nobody";
const options: ClientOptions = { reconnect: { attempts: 3 } };
const client = new Client(asked.get("server") ?? "/ws/chat", options);

void client.send(`${name} is here`);
for await (const line of client) {
  if (isWelcome(line)) void client.send(`${name} was welcomed`);
}

function isWelcome(line: Received): boolean {
  return line === `welcome, ${name}`;
}
