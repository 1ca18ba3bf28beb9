// How does `everwire` load? From the .wasm within it, at the first use.

import { initSync as start } from "built/everwire.js";
import base64 from "built/everwire_bg.wasm";
import { loadBy } from "built/loading.js";

export { Client, EverwireError, WebSocket, closeCodeName } from "built/everwire.js";

loadBy(load);

let isLoaded = false;

export default async function init() {
  load();
}

export const initSync = load;

function load() {
  if (isLoaded) return;
  start({ module: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) });
  isLoaded = true;
}
