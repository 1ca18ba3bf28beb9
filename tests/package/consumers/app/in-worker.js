// … and what does that worker write?

import { Client } from "everwire";

addEventListener("message", async ({ data: { server, name } }) => {
  const client = new Client(server);
  client.send(`${name} is here`);
  for await (const line of client) {
    if (line === `welcome, ${name}`) client.send(`${name} was welcomed`);
  }
});
