// What is everybody asked to do, and what is it compared with?
//
// A work has cells (columns of its table) and groups of arms, each beside its own baseline. `measure` gives what one arm
// needs for one cell: microseconds for a message, or milliseconds where the work says so.

const KIB = 1024;
const MIB = KIB * KIB;

const JAVASCRIPT = ["browser", "browser, again", "everwire WebSocket", "everwire WebSocket.with", "everwire Client", "reconnecting-websocket", "partysocket"];
const RUST = ["web_sys (Rust)", "web_sys, again (Rust)", "everwire_socket (Rust)", "everwire_events (Rust)", "everwire_client (Rust)", "gloo_net (Rust)", "ws_stream_wasm (Rust)", "tokio_tungstenite_wasm (Rust)", "ewebsock (Rust)"];

const SIZES = [
  { size: 32, real: { 1: 400, 32: 1_600 }, inPage: 12_000 },
  { size: KIB, real: { 1: 400, 32: 1_600 }, inPage: 10_000 },
  { size: 64 * KIB, real: { 1: 120, 16: 200 }, inPage: 1_000 },
  { size: MIB, real: { 1: 10, 4: 16 }, inPage: 40 },
];

export const WORKS = [
  {
    name: "echo",
    title: "Echo over a real socket",
    about: "Text and binary to the companion server on the loopback and back, one or several under way. Microseconds for a message; beside the browser's own, or bare web-sys.",
    groups: [{ arms: JAVASCRIPT, baseline: "browser" }, { arms: RUST, baseline: "web_sys (Rust)" }],
    cells: SIZES.flatMap(({ size, real }) =>
      [false, true].flatMap((binary) => Object.entries(real).map(([atOnce, sends]) => cell(binary, size, Number(atOnce), sends))),
    ),
    measure: (page, arm, { name: _, ...script }) => page.follow(arm, "/ws/echo", script).then((lasted) => (lasted * 1_000) / script.sends),
  },
  {
    name: "in-page",
    title: "Echo without a network",
    about: "Everyone talks to the same class in the page, which answers in a microtask: what is left is the library's own cost. Microseconds for a message, and how many more than the baseline.",
    isExtra: true,
    groups: [
      { arms: ["façade by hand", "browser", "everwire WebSocket", "everwire WebSocket.with", "everwire Client", "reconnecting-websocket", "partysocket"], baseline: "façade by hand" },
      { arms: RUST, baseline: "web_sys (Rust)" },
    ],
    cells: SIZES.flatMap(({ size, inPage }) => [false, true].map((binary) => cell(binary, size, 1, inPage))),
    // through a Blob a message takes a hundred times as long
    measure: (page, arm, { name: _, ...script }) => {
      const sends = script.binary && /gloo|ewebsock/.test(arm) ? Math.ceil(script.sends / 20) : script.sends;
      return page.follow(arm, "/", { ...script, sends, hears: sends }, true).then((lasted) => (lasted * 1_000) / sends);
    },
  },
  {
    name: "flood-out",
    title: "A flood to the server",
    about: "As fast as it is taken, until the server says that it has read the last. Microseconds for a message.",
    groups: [{ arms: [...JAVASCRIPT, "everwire Client, no limit"], baseline: "browser" }, { arms: RUST, baseline: "web_sys (Rust)" }],
    cells: [flood("32 B", false, 32, 20_000), flood("64 KiB", true, 64 * KIB, 1_024)],
    measure: (page, arm, { name: _, sends, ...script }) =>
      page.follow(arm, "/ws/fault/slow", { ...script, sends, atOnce: sends, asks: true, hears: 1 }).then((lasted) => (lasted * 1_000) / sends),
  },
  {
    name: "flood-in",
    title: "A flood from the server",
    about: "From before the connection is opened to the last message. Microseconds for a message.",
    groups: [{ arms: JAVASCRIPT, baseline: "browser" }, { arms: RUST, baseline: "web_sys (Rust)" }],
    cells: [flood("32 B", false, 32, 20_000), flood("64 KiB", true, 64 * KIB, 1_024)],
    measure: (page, arm, { binary, size, sends }) => {
      const query = `count=${sends}&size=${size}&kind=${binary ? "binary" : "text"}`;
      return page.listen(arm, `/ws/fault/flood?${query}`, { hears: sends }).then((lasted) => (lasted * 1_000) / sends);
    },
  },
  {
    name: "many",
    title: "A hundred clients in one page",
    about: "Opened ten at a time, since browsers delay those who open many at once; then each echoes 100 times 32 B. Microseconds for a message.",
    groups: [{ arms: JAVASCRIPT, baseline: "browser" }, { arms: RUST, baseline: "web_sys (Rust)" }],
    cells: [{ name: "100 clients", binary: false, size: 32, atOnce: 1, sends: 100, hears: 100 }],
    measure: (page, arm, { name: _, ...script }) => page.many(arm, "/ws/echo", script, 100, 10).then((lasted) => (lasted * 1_000) / (100 * script.sends)),
  },
  {
    name: "clients",
    isAbsolute: true,
    title: "Growth: clients",
    about: "Everwire's Client without a network, so many at once, each with one message of 32 B under way. Microseconds for a message.",
    groups: [{ arms: ["everwire Client"], baseline: "everwire Client" }],
    cells: [1, 10, 100, 1_000].map((clients) => ({ name: `${clients}`, clients })),
    measure: (page, arm, { clients }) => {
      const sends = Math.ceil(6_000 / clients);
      return page.many(arm, "/", { size: 32, atOnce: 1, sends, hears: sends }, clients, clients, true).then((lasted) => (lasted * 1_000) / (clients * sends));
    },
  },
  {
    name: "queue",
    isAbsolute: true,
    title: "Growth: messages that wait",
    about: "Everwire's WebSocket.with without a network, so many messages in its queue: microseconds to put one more there, and to take one out when the browser's buffer is empty again.",
    groups: [{ arms: ["put", "taken"] }],
    cells: [1, 100, 10_000, 1_000_000].map((queued) => ({ name: `${queued}`, queued })),
    measure: (page, arm, { queued }) => page.queue(arm, queued),
  },
  {
    name: "reconnect",
    isAbsolute: true,
    title: "From a socket's death to the next message",
    about: "The server resets the connection after 300 ms; each with its own defaults, which are its policy: this is no race. Milliseconds.",
    groups: [{ arms: ["everwire Client", "everwire WebSocket.with", "reconnecting-websocket", "partysocket"], baseline: "everwire Client" }],
    cells: [{ name: "first message after" }],
    measure: (page, arm) => page.reconnect(arm, "/ws/fault/reset?after=300"),
  },
  {
    name: "memory",
    isAbsolute: true,
    title: "Memory",
    about: "JavaScript's heap after a garbage collection, and WebAssembly's memory: bytes for each of 1,000 clients without a network, and for each of 10,000 short texts that wait for a connection. Chromium only.",
    only: "chromium",
    groups: [{ arms: ["browser", "façade by hand", "everwire WebSocket", "everwire WebSocket.with", "everwire Client", "reconnecting-websocket", "partysocket"], baseline: "browser" }],
    cells: [{ name: "a client", clients: 1_000 }, { name: "a message that waits", messages: 10_000 }],
    measure: (page, arm, cell) => page.memory(arm, cell),
  },
  {
    name: "first",
    title: "From navigation to the first message",
    about: "Each on a page of its own, with nothing else on it: fetched, compiled, connected, echoed. Milliseconds.",
    groups: [
      { arms: ["browser", "everwire", "client", "slim", "reconnecting-websocket", "partysocket"], baseline: "browser" },
      { arms: ["web_sys", "everwire_socket", "everwire_client", "gloo_net", "ws_stream_wasm", "tokio_tungstenite_wasm", "ewebsock"], baseline: "web_sys" },
    ],
    cells: [{ name: "first message" }],
    measure: (page, arm) => page.first(arm),
  },
];

function cell(binary, size, atOnce, sends) {
  const weight = size >= MIB ? `${size / MIB} MiB` : size >= KIB ? `${size / KIB} KiB` : `${size} B`;
  return { name: `${binary ? "binary" : "text"} ${weight}${atOnce > 1 ? ` × ${atOnce}` : ""}`, binary, size, atOnce, sends, hears: sends };
}

function flood(weight, binary, size, sends) {
  return { name: `${binary ? "binary" : "text"} ${weight}`, binary, size, sends };
}
