// Does the package work where there is no page?

import init, { Client } from "./pkg/everwire.js";

await init();
const client = new Client("/ws/echo", { heartbeat: true });
client.addEventListener("message", async ({ data }) => {
  const { state } = client;
  const { code } = await client.close();
  postMessage([data, state, code]);
});
client.send("from a worker");
