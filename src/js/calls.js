// How does JavaScript call Rust?
//
// By numbers: each function of its own would cost the package more than what it does.

/** What Rust answers to, each by the number of a connection: of a bare socket (web_socket.rs), and of one with layers
 *  (client.rs). */
export let sockets, pumps;

/** From Rust, once it is loaded. */
export function install(openSocket, callSocket, openPump, callPump) {
  sockets = { open: openSocket, ...named(callSocket, SOCKETS) };
  pumps = { open: openPump, ...named(callPump, PUMPS) };
}

const named = (call, names) =>
  Object.fromEntries(names.map((name, number) => [name, (id, a, b, c) => call(number, id, a, b, c)]));

// in the order in which Rust counts them
const SOCKETS = [
  "release", "closeCodeName", "url", "protocol", "extensions", "readyState", "bufferedAmount", "setBinaryType", "send",
  "close",
];
const PUMPS = [
  "release", "checkClose", "url", "protocol", "extensions", "readyState", "bufferedAmount", "setBinaryType", "send",
  "close", "state", "binaryType", "stats", "takeBack", "flush", "reconnect",
];
