// Who brings the WebAssembly, when a class is used before it is there?

let load = () => {
  throw new Error("everwire is not loaded yet: `await init()` first (init is the default export)");
};

/** `everwire` carries the WebAssembly within it (npm/embedded.js); `everwire/slim` waits to be told. */
export function loadBy(loader) {
  load = loader;
}

/** Brings it now, or says what is missing. */
export function bringWebAssembly() {
  load();
}
