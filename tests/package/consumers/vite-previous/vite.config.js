// What must Vite 7 be told? Its dev server bundles dependencies into a folder of its own and leaves behind what is beside
// them; Vite 8 takes it along. A build needs nothing, nor does `everwire`, nor who gives `init` an address.

const pages = ["embedded", "slim", "slim-by-url", "worker", "unused"];

export default {
  optimizeDeps: { exclude: ["everwire/slim"] },
  build: { rollupOptions: { input: pages.map((page) => `${import.meta.dirname}/${page}.html`) } },
};
