// Nothing of this is for everwire: Rollup finds no package without the plugin. It leaves `new URL(…, import.meta.url)` as
// it is, so for `everwire/slim` the .wasm goes beside the script: see `files` in build.mjs.

import resolve from "@rollup/plugin-node-resolve";

export default {
  input: ["embedded.js", "slim.js", "unused.js"],
  output: { dir: "dist" },
  plugins: [resolve({ browser: true })],
};
