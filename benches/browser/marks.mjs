// Which marks are to be reached, and is each of them?
//
// A mark compares arms with another in every cell of a work: `ratio` or `extra` (microseconds) is the most it may be.

import { differences, isAtMost, ratios } from "./statistics.mjs";

const FACES = ["everwire WebSocket", "everwire WebSocket.with", "everwire Client"];
const RUST_FACES = ["everwire_socket (Rust)", "everwire_events (Rust)", "everwire_client (Rust)"];
const RUST_PEERS = ["gloo_net (Rust)", "ws_stream_wasm (Rust)", "tokio_tungstenite_wasm (Rust)", "ewebsock (Rust)"];

export const MARKS = [
  { says: "JavaScript: within 5 % of the browser's own, on a real socket", work: "echo", of: FACES, beside: ["browser"], ratio: 1.05 },
  { says: "the browser beside itself: what this machine can tell apart", work: "echo", of: ["browser, again"], beside: ["browser"], ratio: 1.05 },
  { says: "JavaScript: at most 2 µs over a façade by hand, without a network", work: "in-page", of: FACES, beside: ["façade by hand"], extra: 2 },
  { says: "Rust: within 5 % of bare web-sys, on a real socket", work: "echo", of: RUST_FACES, beside: ["web_sys (Rust)"], ratio: 1.05 },
  { says: "Rust: at most 3 µs over bare web-sys, without a network", work: "in-page", of: RUST_FACES, beside: ["web_sys (Rust)"], extra: 3 },
  { says: "Rust: faster than every Rust peer, on a real socket", work: "echo", of: RUST_FACES, beside: RUST_PEERS, ratio: 1 },
  { says: "Rust: faster than every Rust peer, without a network", work: "in-page", of: RUST_FACES, beside: RUST_PEERS, ratio: 1 },
  {
    says: "Rust: at least twice as fast as every Rust peer, text from 1 KiB up, without a network",
    work: "in-page", of: RUST_FACES, beside: RUST_PEERS, ratio: 0.5,
    cells: (name) => name.startsWith("text") && !name.startsWith("text 32 B"),
  },
  { says: "the send limiter: within 10 % of sending without one, to a fast reader", work: "flood-out", of: ["everwire Client"], beside: ["everwire Client, no limit"], ratio: 1.1 },
];

/** Each comparison that the mark is made of, with what came of it. */
export function judged(mark, { times }) {
  const { of, beside, ratio, extra, cells = () => true } = mark;
  return of.flatMap((arm) =>
    beside.flatMap((baseline) =>
      Object.keys(times[arm] ?? {}).filter(cells).map((cell) => {
        const compare = ratio === undefined ? differences : ratios;
        const found = compare(times[arm][cell], times[baseline][cell]);
        return { arm, baseline, cell, found, verdict: isAtMost(found, ratio ?? extra) };
      }),
    ),
  );
}
