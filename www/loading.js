// What does a visitor see when the client cannot be loaded?
//
// A plain script, so that it runs before the modules and sees one that fails.

"use strict";

/** Shows `sentence` in place of the loading line. */
function tellTrouble(sentence) {
  const loading = document.getElementById("loading");
  if (!loading) return; // it has loaded: what fails later is told where it fails
  loading.className = "trouble";
  loading.textContent = sentence;
}

// A script that does not load fires an event that does not bubble: it is seen only on its way down.
window.addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLScriptElement) {
      tellTrouble("The WebAssembly package could not be loaded. Build it and serve this page: cargo xtask demo");
    }
  },
  true,
);
