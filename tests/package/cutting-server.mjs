// What does a server see whose first connection is cut in the middle of what it is sent?
//
// The companion's faults come at a time or at the first message; here the cut must come at a certain one, and what was in
// each message must be seen.

import { once } from "node:events";
import { after } from "node:test";
import { WebSocketServer } from "ws";

/**
 * Cuts its first connection, without a close frame, when this many data messages have come. `sockets` is what came on
 * each, in order. Where it `signsIn`, it replies to the first message of a connection, when all that the page had sent
 * before it could know has come.
 */
export async function startCuttingServer({ cutAt, signsIn }) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  servers.push(server);
  await once(server, "listening");
  const sockets = [];
  server.on("connection", (socket) => {
    const seen = { messages: [], beforeReply: null };
    const isFirst = sockets.push(seen) === 1;
    // a browser answers a ping behind all that it was given to send before
    socket.on("pong", () => {
      seen.beforeReply = seen.messages.length;
      socket.send(JSON.stringify({ type: "auth", ok: true }));
    });
    socket.on("error", () => {}); // the cut
    socket.on("message", (data) => {
      if (socket.readyState !== socket.OPEN) return; // what was on its way is cut off with it
      seen.messages.push(data.toString());
      if (signsIn && seen.messages.length === 1) socket.ping();
      const cutAfter = cutAt + (signsIn ? 1 : 0);
      if (isFirst && seen.messages.length === cutAfter) socket.terminate();
    });
  });
  return { url: `ws://127.0.0.1:${server.address().port}/`, sockets };
}

const servers = [];
after(() => {
  for (const server of servers) {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});
