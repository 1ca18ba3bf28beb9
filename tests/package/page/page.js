// What does a plain page see that imports the package as `wasm-pack build --target web` made it?

import init, { Client, EverwireError, WebSocket, closeCodeName } from "./pkg/everwire.js";

/** What the tests reach from outside; nothing is loaded before a test asks for it. */
globalThis.everwire = { init, Client, EverwireError, WebSocket, closeCodeName };

/** The next event of this type. */
globalThis.next = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** A socket that is open. */
globalThis.openSocket = async (path, protocols) => {
  const socket = new WebSocket(path, protocols);
  await next(socket, "open");
  return socket;
};

/** A listener that throws. It stands here, since a page is told nothing of an error in a driver's own script. */
globalThis.throwing = () => {
  throw new Error("from a listener");
};

/** Calls `attempt` and gives back what it throws, in words. */
globalThis.thrownBy = (attempt) => {
  try {
    attempt();
  } catch (error) {
    return `${error.constructor.name} ${error.name}`;
  }
  return "nothing";
};
