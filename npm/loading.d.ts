
// ── Loading ─────────────────────────────────────────────────────────────────────────────────────────────────────────
// "everwire" carries the .wasm within it: import and use; it is compiled, synchronously, at the first use.
// "everwire/slim" has the .wasm beside it: `await init()` first. Importing either does nothing.

/** Where the WebAssembly comes from: an address, a response, bytes, or a compiled module. */
export type InitSource = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;
/** Loads the WebAssembly; without a source, the `everwire_bg.wasm` beside this module. Calling it again, also while it
 *  loads, gives the same load; one that failed may be tried again. In "everwire" it only makes the first use quicker. */
export default function init(source?: InitSource | Promise<InitSource>): Promise<void>;
/** The same with what is at hand. */
export function initSync(source: BufferSource | WebAssembly.Module): void;
