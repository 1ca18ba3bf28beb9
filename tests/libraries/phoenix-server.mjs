// What does a server of Phoenix's channels have of its page?
//
// Phoenix itself is Elixir. This speaks its protocol, version 2.0.0, as far as a page that joins, says and listens needs
// it: [join_ref, ref, topic, event, payload], and a reply to whatever has a ref.
// https://hexdocs.pm/phoenix/writing_a_channels_client.html

import { once } from "node:events";
import { after } from "node:test";
import { WebSocketServer } from "ws";

/** `tell(line)` goes to whoever has joined, `members` how many these are, `joins` how many there ever were. */
export async function startPhoenixServer() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/socket/websocket" });
  await once(server, "listening");
  servers.push(server);
  const members = new Map(); // by socket: the topic it joined
  const phoenix = {
    port: server.address().port,
    heard: [],
    joins: 0,
    get members() { return members.size; },
    tell(text) {
      for (const [socket, topic] of members) socket.send(JSON.stringify([null, null, topic, "line", { text }]));
    },
  };
  server.on("connection", (socket) => {
    socket.on("error", () => {}); // the cut
    socket.on("close", () => members.delete(socket));
    socket.on("message", (data) => {
      const [joinRef, ref, topic, event, payload] = JSON.parse(data);
      const status = take(socket, topic, event, payload) ? "ok" : "error";
      socket.send(JSON.stringify([joinRef, ref, topic, "phx_reply", { status, response: {} }]));
    });
  });
  return phoenix;

  /** Whether it was in order: a channel that has not been joined takes nothing. */
  function take(socket, topic, event, payload) {
    if (topic === "phoenix") return event === "heartbeat";
    if (event === "phx_join") {
      members.set(socket, topic);
      phoenix.joins += 1;
      return true;
    }
    if (members.get(socket) !== topic) return false;
    phoenix.heard.push(payload.text);
    return true;
  }
}

const servers = [];
after(() => servers.forEach((server) => server.close() ?? server.clients.forEach((socket) => socket.terminate())));
