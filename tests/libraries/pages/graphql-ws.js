// What does a page write that gives graphql-ws our class?

import { WebSocket } from "everwire";
import { createClient } from "graphql-ws";

globalThis.seen = [];

globalThis.ways = {
  plain: (url) => subscribe(url, WebSocket),

  // graphql-ws opens its own next socket, and greets anew on each: `reconnect` is left to it
  layers: (url) => subscribe(url, WebSocket.with({
    connectTimeout: 5_000,
    heartbeat: {
      interval: 200,
      timeout: 1_000,
      ping: JSON.stringify({ type: "ping" }),
      isPong: (data) => data === JSON.stringify({ type: "pong" }),
    },
  })),

  // what not to write: shown, so that docs/LIBRARIES.md, which says so, is known to be right
  fighting: (url) => subscribe(url, WebSocket.with({ reconnect: { minDelay: 10, maxDelay: 20 } })),
};

function subscribe(url, webSocketImpl) {
  const client = createClient({
    url,
    webSocketImpl,
    retryAttempts: Infinity,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
    shouldRetry: () => true, // an `error` event, too, which is what an attempt that fails begins with
  });
  client.subscribe({ query: "subscription { news }" }, {
    next: ({ data }) => globalThis.seen.push(data.news),
    error: (error) => globalThis.seen.push(`error: ${error}`),
    complete: () => globalThis.seen.push("complete"),
  });
}
