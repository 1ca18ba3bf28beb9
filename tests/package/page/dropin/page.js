// What can a test ask for in this page?

import { ask } from "./main.js";

globalThis.sheet = undefined;

/** Begins with a group of questions, here or in a worker; the answers come in `sheet`. */
globalThis.begin = (group, unasked, inWorker) => {
  if (!inWorker) {
    globalThis.sheet = ask(group, unasked);
    return;
  }
  globalThis.sheet = { isDone: false };
  const worker = new Worker(new URL("main.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    globalThis.sheet = data;
    worker.terminate();
  };
  worker.onerror = ({ message }) => (globalThis.sheet = { isDone: false, trouble: message });
  worker.postMessage([group, unasked]);
};
