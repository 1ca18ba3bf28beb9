// What does a page write that gives NATS our class?

import { wsconnect } from "@nats-io/nats-core";
import { WebSocket } from "everwire";

globalThis.seen = [];
/** How often the server has answered the page on a new connection, and how many connections were lost. */
globalThis.connects = 0;
globalThis.lost = 0;

globalThis.ways = {
  plain: (url) => join(url, WebSocket),

  // NATS opens its own next socket, and greets anew on each: `reconnect` is left to it
  layers: (url) => join(url, WebSocket.with({ connectTimeout: 5_000, limit: { highWater: 64 * 1024 } })),
};

async function join(url, Class) {
  const connection = await wsconnect({
    servers: url,
    wsFactory: async (url) => ({ socket: new Class(url), encrypted: url.startsWith("wss:") }),
    maxReconnectAttempts: -1, // for ever
    reconnectTimeWait: 20,
    reconnectJitter: 0,
  });
  connection.subscribe("to.page", {
    callback: (error, message) => globalThis.seen.push(error ? `error: ${error}` : message.string()),
  });
  globalThis.say = (line) => connection.publish("from.page", line);
  await answered();
  for await (const { type } of connection.status()) {
    if (type === "disconnect") globalThis.lost += 1;
    if (type === "reconnect") await answered();
  }

  /** The server takes what it is told in turn: what answers this has the subscription. */
  async function answered() {
    await connection.flush();
    globalThis.connects += 1;
  }
}
