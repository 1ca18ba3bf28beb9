// What does a page write that gives MQTT.js our class?

import { WebSocket } from "everwire";
import mqtt from "mqtt";

globalThis.seen = [];

globalThis.ways = {
  plain: (url) => join(url, WebSocket),

  // MQTT.js closes each socket that it gives up, so ours does not come back beside its own
  layers: (url) => join(url, WebSocket.with({
    connectTimeout: 5_000,
    reconnect: { minDelay: 10, maxDelay: 20 },
    limit: { highWater: 64 * 1024 },
  })),
};

function join(url, Class) {
  const client = mqtt.connect(url, {
    createWebsocket: (url, protocols) => new Class(url, protocols),
    clean: false, // the broker keeps the subscription, and what comes while the page is away
    clientId: "page",
    reconnectPeriod: 20,
  });
  client.subscribe("to/page", { qos: 2 });
  client.on("message", (_topic, payload) => globalThis.seen.push(String(payload)));
  client.on("connect", () => (globalThis.connects += 1));
  client.on("close", () => (globalThis.lost += 1));
  globalThis.say = (line) => client.publish("from/page", line, { qos: 2 });
}

/** How often the broker has greeted the page, and how many connections it has lost. */
globalThis.connects = 0;
globalThis.lost = 0;
