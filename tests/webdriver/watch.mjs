// What did the server see on a socket that a page opened?

import { after } from "node:test";
import { WebSocket } from "ws";
import { until } from "./until.mjs";

/** Watches what happens on the sockets that are opened with `?watch=ID`; the server replays what is past. */
export async function watch(server, id) {
  // the test server's certificate is its own
  const socket = new WebSocket(server.ws(`/ws/watch?id=${id}`), { rejectUnauthorized: false });
  const seen = [];
  const heard = [];
  let trouble = null;
  socket.on("message", (data) => {
    seen.push(JSON.parse(data));
    heard.push(performance.now());
  });
  socket.on("error", (error) => (trouble = error));
  sockets.push(socket);
  await until("the watching socket is open", () => {
    if (trouble) throw trouble;
    return socket.readyState === WebSocket.OPEN;
  });
  return new Watch(seen, heard);
}

/** An id that no other test uses. */
export function freshId() {
  return crypto.randomUUID();
}

/** What would keep the test file from ending. */
const sockets = [];
after(() => sockets.forEach((socket) => socket.terminate()));

class Watch {
  /** The events so far, oldest first. */
  seen;
  /** When each was heard of here, in milliseconds. */
  heard;

  constructor(seen, heard) {
    this.seen = seen;
    this.heard = heard;
  }

  /** The first event that `isWanted`, once it has happened. */
  async event(fact, isWanted) {
    return until(`the server sees ${fact}`, () => this.seen.find(isWanted), {
      describe: async () => `It saw ${JSON.stringify(this.seen)}`,
    });
  }

  async close() {
    return this.event("a close", ({ event }) => event === "close");
  }
}
