// Nothing of this is for everwire: this application has more than one page.
export default {
  mode: "production",
  entry: { embedded: "./embedded.js", slim: "./slim.js", worker: "./worker.js", unused: "./unused.js" },
  output: { filename: "[name].js" },
};
