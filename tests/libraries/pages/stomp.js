// What does a page write that gives STOMP.js our class?

import { Client } from "@stomp/stompjs";
import { WebSocket } from "everwire";

globalThis.seen = [];
/** How many connections were lost. */
globalThis.lost = 0;

globalThis.ways = {
  plain: (url) => join(url, WebSocket),

  // STOMP.js opens its own next socket, and greets anew on each: `reconnect` is left to it
  layers: (url) => join(url, WebSocket.with({ connectTimeout: 5_000, limit: { highWater: 64 * 1024 } })),

  // what not to write: shown, so that the page that says so is known to be right
  fighting: (url) => join(url, WebSocket.with({ reconnect: { minDelay: 10, maxDelay: 20 } })),
};

function join(url, Class) {
  const client = new Client({
    webSocketFactory: () => new Class(url, ["v12.stomp", "v11.stomp"]),
    reconnectDelay: 20,
    onConnect: () => client.subscribe("/to/page", ({ body }) => globalThis.seen.push(body)),
    onWebSocketClose: () => (globalThis.lost += 1),
    onStompError: ({ headers }) => globalThis.seen.push(`error: ${headers.message}`),
  });
  globalThis.say = (body) => client.publish({ destination: "/from/page", body });
  client.activate();
}
