// What does a strict TypeScript program write, and what must its compiler refuse?
// Never run: types.test.mjs compiles it against both entries.

import init, {
  Client, EverwireError, WebSocket, closeCodeName, initSync,
  type ClientOptions, type CloseInfo, type Data, type InitSource, type Received, type Stats,
} from "everwire";
import wasm from "everwire/everwire_bg.wasm";

const nothing: void = await init();
const sources: InitSource[] = [wasm, new URL(wasm, import.meta.url), new Request(wasm), new Response(), new Uint8Array()];
for (const source of sources) await init(source);
await init(fetch(wasm));
await init(WebAssembly.compile(new ArrayBuffer(8)));
initSync(new Uint8Array());
console.log(nothing);

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

// With layers it is the same class.
const Resilient: typeof WebSocket = WebSocket.with({ reconnect: true, limit: { highWater: 1 << 20 } });
new Resilient("/relative").send("queued");

// A connection that is kept.
const options: ClientOptions = {
  protocols: async ({ attempt, signal }) => (signal.aborted ? [] : [`v${attempt}`]),
  reconnect: { maxDelay: 5_000, shouldRetry: ({ code }, attempt) => (code === 4000 ? attempt * 100 : undefined) },
  auth: {
    via: "message",
    token: async ({ reason, lastClose }) => ({ value: `${reason} ${lastClose?.code}`, expiresAt: new Date() }),
    message: (token) => new TextEncoder().encode(token),
    reply: (data) => (data === "ok" ? "accepted" : undefined),
  },
  heartbeat: { ping: () => "are you there?", isPong: (data) => data instanceof ArrayBuffer },
  limit: { highWater: 0, pollInterval: 100 },
  queue: { overflow: "drop-oldest", maxBytes: undefined },
  trace: (entry) => console.log(entry),
  WebSocket: globalThis.WebSocket,
};
const client = new Client(async ({ lastClose }) => `/ws?after=${lastClose?.code}`, options);
client.addEventListener("open", ({ attempt, reconnected }) => console.log(attempt + 1, reconnected === true));
client.addEventListener("message", ({ data }) => console.log(typeof data === "string" ? data.length : data));
client.addEventListener("down", ({ code, willRetry, unconfirmed }) => console.log(code, willRetry, unconfirmed.bytes));
client.addEventListener("retry", ({ attempt, delay }) => console.log(`attempt ${attempt} in ${delay / 1000} s`));
client.addEventListener("drop", ({ data, reason }) => client.send(data, { volatile: reason === "expired", ttl: 1_000 }));
client.addEventListener("error", ({ error }) => console.log(error instanceof EverwireError && error.code));
client.addEventListener("close", ({ code }) => console.log(code));
client.addEventListener("of-our-own", (event) => console.log(event.type));
await client.opened;
await client.send("hello", { signal: new AbortController().signal });
await client.flush();
for await (const data of client.messages({ maxMessages: 10 })) console.log(data satisfies Received);
for await (const data of client) console.log(data);
const { roundTrip, queuedMessages }: Stats = client.stats();
console.log(client.state === "waiting", client.bufferedAmount + queuedMessages, roundTrip?.toFixed());
client.reconnect();
const how: CloseInfo = await client.close(1000, "done");
console.log(how, await client.closed);

// Each of these is a mistake that the compiler names.
// @ts-expect-error there is nothing to load it from
initSync();
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
// @ts-expect-error options are named as the docs name them
new Client("/", { reconnect: { minimumDelay: 5 } });
// @ts-expect-error a token is carried in one of three ways
new Client("/", { auth: { token: () => "t", via: "header" } });
// @ts-expect-error a provider of tokens gives strings
new Client("/", { auth: { token: () => 5, via: "query" } });
// @ts-expect-error the state is told, not set
client.state = "open";
// @ts-expect-error a down event has no data
client.addEventListener("down", ({ data }) => console.log(data));
// @ts-expect-error protocols belong to the constructor
WebSocket.with({ protocols: "soap" });
