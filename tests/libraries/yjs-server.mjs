// What has a server of Yjs of its pages' document?

import { once } from "node:events";
import { after } from "node:test";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocketServer } from "ws";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";

/** One document for every room. `syncs` is how often a page began to compare: once for each of its sockets. */
export async function startYjsServer() {
  const doc = new Y.Doc();
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  servers.push(server);
  const yjs = { port: server.address().port, lines: doc.getArray("lines"), syncs: 0 };
  doc.on("update", (update, from) => {
    for (const socket of server.clients) {
      if (socket !== from) socket.send(messageOf((encoder) => sync.writeUpdate(encoder, update)));
    }
  });
  server.on("connection", (socket) => {
    socket.on("error", () => {}); // the cut
    socket.send(messageOf((encoder) => sync.writeSyncStep1(encoder, doc)));
    socket.on("message", (data) => {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      if (decoding.readVarUint(decoder) !== SYNC) return; // who is there, which nobody here asks
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, SYNC);
      const step = sync.readSyncMessage(decoder, answer, doc, socket);
      if (step === sync.messageYjsSyncStep1) yjs.syncs += 1;
      if (encoding.length(answer) > 1) socket.send(encoding.toUint8Array(answer));
    });
  });
  return yjs;
}

function messageOf(write) {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, SYNC);
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/** y-websocket's number for what y-protocols/sync says. */
const SYNC = 0;

const servers = [];
after(() => servers.forEach((server) => server.close() ?? server.clients.forEach((socket) => socket.terminate())));
