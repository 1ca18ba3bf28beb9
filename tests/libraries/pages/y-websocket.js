// What does a page write that gives y-websocket our class?

import { WebSocket } from "everwire";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

globalThis.ways = {
  plain: (url) => share(url, WebSocket),

  // y-websocket closes each socket that it gives up, so ours does not come back beside its own
  layers: (url) => share(url, WebSocket.with({
    connectTimeout: 5_000,
    reconnect: { minDelay: 10, maxDelay: 20 },
    limit: { highWater: 64 * 1024 },
  })),
};

function share(url, WebSocketPolyfill) {
  const doc = new Y.Doc();
  const lines = doc.getArray("lines");
  const provider = new WebsocketProvider(url, "room", doc, { WebSocketPolyfill, disableBc: true });
  globalThis.say = (line) => lines.push([line]);
  Object.defineProperty(globalThis, "seen", { get: () => lines.toArray() });
  Object.defineProperty(globalThis, "synced", { get: () => provider.synced });
}
