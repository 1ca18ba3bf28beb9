// Nothing of this is for everwire: this application has more than one page.

const pages = ["embedded", "slim", "slim-by-url", "worker", "unused"];

export default {
  build: { rollupOptions: { input: pages.map((page) => `${import.meta.dirname}/${page}.html`) } },
};
