// What does a page write whose socket lives in a worker, built by the page's own tool?

const worker = new Worker(new URL("./in-worker.js", import.meta.url), { type: "module" });
worker.postMessage(Object.fromEntries(new URLSearchParams(location.search)));
