// What does a program write whose runtime has no WebSocket, or not the one that it wants?

import process from "node:process";
import { Client } from "everwire";
import { WebSocket } from "ws";

const [server, name] = process.argv.slice(2);
const client = new Client(server, { WebSocket });

client.send(`${name} is here`);
for await (const line of client) {
  if (line === `welcome, ${name}`) client.send(`${name} was welcomed`);
  if (line === `${name} was welcomed`) client.close(1000, "until next time");
}
const { code, reason } = await client.closed;
console.log(code, reason);
