// What does a strict TypeScript program write in a worker, where there is no DOM?
// Never run: types.test.mjs compiles it against the package.

import init, { WebSocket, closeCodeName } from "everwire";

await init();
const socket = new WebSocket("wss://example.org/");
socket.onmessage = ({ data }) => self.postMessage(data);
socket.addEventListener("close", ({ code }) => self.postMessage(closeCodeName(code)));
const asNative: globalThis.WebSocket = socket;
self.postMessage(asNative.url);

// @ts-expect-error a plain object is no message
socket.send({ text: "hello" });
