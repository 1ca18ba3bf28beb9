// What does a page write that gives Phoenix our class?

import { WebSocket } from "everwire";
import { Socket } from "phoenix";

globalThis.seen = [];
/** How many connections were lost. */
globalThis.lost = 0;

globalThis.ways = {
  plain: (url) => join(url, WebSocket),

  // Phoenix opens its own next socket, and joins anew on each: `reconnect` is left to it
  layers: (url) => join(url, WebSocket.with({
    connectTimeout: 5_000,
    limit: { highWater: 64 * 1024 },
    heartbeat: {
      interval: 200,
      timeout: 1_000,
      ping: JSON.stringify([null, "everwire", "phoenix", "heartbeat", {}]), // a ref that Phoenix, which counts, never uses
      isPong: (data) => typeof data === "string" && data.startsWith('[null,"everwire",'),
    },
  })),

  // what not to write: shown, so that the page that says so is known to be right
  fighting: (url) => join(url, WebSocket.with({ reconnect: { minDelay: 10, maxDelay: 20 } }), 60_000),
};

function join(url, transport, wait = 20) {
  const socket = new Socket(url, { transport, reconnectAfterMs: () => wait, rejoinAfterMs: () => wait });
  const channel = socket.channel("room:1");
  channel.on("line", ({ text }) => globalThis.seen.push(text));
  socket.onClose(() => (globalThis.lost += 1));
  globalThis.say = (text) => channel.push("say", { text }).receive("error", () => globalThis.seen.push(`refused: ${text}`));
  socket.connect();
  channel.join();
}
