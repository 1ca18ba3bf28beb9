// What does a broker of STOMP have of its page? One that Node runs, from the npm registry.

import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";
import StompBroker from "stomp-broker-js";

/** `tell(line)` is a message to whoever reads now, `readers` how many these are, `subscribed` how many there ever were. */
export async function startStompBroker() {
  const server = createServer();
  const broker = new StompBroker({ server, path: "/stomp" });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const readers = new Set();
  const stomp = {
    port: server.address().port,
    heard: [],
    subscribed: 0,
    get readers() { return readers.size; },
    tell: (line) => broker.send("/to/page", {}, line),
  };
  broker.on("subscribe", ({ sessionId }) => {
    readers.add(sessionId);
    stomp.subscribed += 1;
  });
  broker.on("disconnected", (sessionId) => readers.delete(sessionId));
  broker.on("send", ({ dest, frame }) => dest === "/from/page" && stomp.heard.push(String(frame.body)));
  broker.on("error", () => {}); // the cut
  servers.push(server);
  return stomp;
}

const servers = [];
after(() => servers.forEach((server) => server.close() ?? server.closeAllConnections()));
