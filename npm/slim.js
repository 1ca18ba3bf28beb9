// How does `everwire/slim` load? From the .wasm beside it, when it is told to.

import { initSync as start } from "built/everwire.js";

export { Client, EverwireError, WebSocket, closeCodeName } from "built/everwire.js";

let loading;

export default function init(source) {
  loading ??= load(source).catch((error) => {
    loading = undefined; // it may be tried again
    throw error;
  });
  return loading;
}

export function initSync(source) {
  start({ module: source }); // once: after that it has nothing to do
}

async function load(source) {
  initSync(await compiled(await (source ?? new URL("everwire_bg.wasm", import.meta.url))));
}

async function compiled(source) {
  const { Module, compile, compileStreaming } = WebAssembly;
  if (source instanceof Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`everwire: ${response.url} could not be loaded: HTTP ${response.status}`);
  const type = response.headers.get("Content-Type");
  try {
    // a server that does not know what .wasm is: compiled all the same, once it is here as a whole
    if (!compileStreaming || !type?.startsWith("application/wasm")) return await compile(await response.arrayBuffer());
    return await compileStreaming(response);
  } catch (cause) {
    // often the page that a server gives for whatever it does not have
    throw new Error(`everwire: ${response.url} (${type}) could not be compiled: ${cause.message}`, { cause });
  }
}
