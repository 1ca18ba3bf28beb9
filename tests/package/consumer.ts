// What does a strict TypeScript program write, and what must its compiler refuse?
// Never run: types.test.mjs compiles it against the package.

import init, { WebSocket, closeCodeName, initSync, type Data } from "everwire";

await init();
initSync({ module: new Uint8Array() });

// One import changed: what was written for the browser's class goes on.
const socket = new WebSocket(new URL("wss://example.org/"), ["soap", "wamp"]);
new WebSocket("/relative");
new WebSocket("/relative", "soap");

socket.onopen = () => socket.send("My name is John");
socket.onmessage = ({ data, origin }) => console.log(data, origin);
socket.onerror = (event) => console.log(event.type);
socket.onclose = ({ code, reason, wasClean }) => {
  const name: string | undefined = closeCodeName(code);
  console.log(name, reason.length, wasClean === true);
};
socket.onclose = null;

const everything: Data[] = ["text", new ArrayBuffer(1), new Uint8Array(1), new DataView(new ArrayBuffer(1)), new Blob([])];
for (const data of everything) socket.send(data);

socket.binaryType = "arraybuffer";
socket.addEventListener("message", (event) => console.log(event.data), { once: true, signal: new AbortController().signal });
socket.addEventListener("close", { handleEvent: (event) => console.log(event.type) });
const onClose = (event: CloseEvent) => console.log(event.code);
socket.addEventListener("close", onClose);
socket.removeEventListener("close", onClose);
socket.addEventListener("of-our-own", (event) => console.log(event.type));

const facts: [string, string, string, number, number] = [
  socket.url, socket.protocol, socket.extensions, socket.readyState, socket.bufferedAmount,
];
console.log(facts);
socket.close();
socket.close(1000, "Work complete");

// It goes wherever the browser's own class goes.
const asNative: globalThis.WebSocket = socket;
const asClass: new (url: string | URL, protocols?: string | string[]) => globalThis.WebSocket = WebSocket;
const asTarget: EventTarget = socket;
console.log(asNative, asClass, asTarget);
const open: 1 = WebSocket.OPEN;
const closed: 3 = socket.CLOSED;
if (socket.readyState === WebSocket.OPEN || socket.readyState === closed) console.log(open);

// Each of these is a mistake that the compiler names.
// @ts-expect-error a URL is needed
new WebSocket();
// @ts-expect-error a number is no URL
new WebSocket(1);
// @ts-expect-error protocols are strings
new WebSocket("/", [1]);
// @ts-expect-error a class is not called
WebSocket("/");
// @ts-expect-error a plain object is no message
socket.send({ text: "hello" });
// @ts-expect-error nothing is no message
socket.send();
// @ts-expect-error the code is a number
socket.close("1000");
// @ts-expect-error binaryType is "blob" or "arraybuffer"
socket.binaryType = "buffer";
// @ts-expect-error the article's slip: the property is binaryType
socket.bufferType = "arraybuffer";
// @ts-expect-error only the browser sets it
socket.readyState = 1;
// @ts-expect-error only the browser sets it
socket.bufferedAmount = 0;
// @ts-expect-error a constant is one
WebSocket.OPEN = 2;
// @ts-expect-error a message event has no code
socket.onmessage = ({ code }) => console.log(code);
// @ts-expect-error a close event has no data
socket.addEventListener("close", (event) => console.log(event.data));
// @ts-expect-error a code is a number
closeCodeName("1000");
// @ts-expect-error there may be no name
closeCodeName(1000).length;
