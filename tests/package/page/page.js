// What does a plain page see that imports the package as `everwire/slim` has it?

import init, { Client, EverwireError, WebSocket, closeCodeName } from "./pkg/everwire.js";

/** What the tests reach from outside; nothing is loaded before a test asks for it. */
globalThis.everwire = { init, Client, EverwireError, WebSocket, closeCodeName };

/** How many bytes of memory the WebAssembly has; the package shows it to nobody. */
globalThis.wasmBytes = () => instance.exports.memory.buffer.byteLength;
let instance;
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...given) {
    super(...given);
    instance = this;
  }
};

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

/** What a client says from now on: `[type, what matters of it]`, in order. */
globalThis.diary = (client) => {
  const entries = [];
  const told = {
    open: ({ attempt, reconnected }) => ({ attempt, reconnected }),
    message: ({ data }) => data,
    error: ({ error }) => error.code,
    down: ({ code, reason, wasClean, willRetry, unconfirmed }) => ({ code, reason, wasClean, willRetry, unconfirmed }),
    retry: ({ attempt, delay }) => ({ attempt, delay }),
    drop: ({ data, reason }) => ({ data: typeof data, reason }),
    drain: () => null,
    state: () => client.state,
    close: ({ code, reason, wasClean }) => ({ code, reason, wasClean }),
  };
  for (const [type, tell] of Object.entries(told)) {
    client.addEventListener(type, (event) => entries.push([type, tell(event)]));
  }
  return entries;
};

/** Comes back quickly, so that a test need not wait. */
globalThis.quick = { minDelay: 20, maxDelay: 60 };
