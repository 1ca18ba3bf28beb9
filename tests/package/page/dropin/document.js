// What of a document does a socket see: its fragment, and the values of another realm?

export const checks = {};

/** The globals of a frame; a frame that goes takes nothing that was taken from it. */
async function inFrame(body) {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  try {
    return await body(frame.contentWindow);
  } finally {
    frame.remove();
  }
}

checks["the document's fragment is no part of an address"] = {
  ask: ({ make }) => {
    history.replaceState(null, "", "#fragment");
    const { url } = make("echo");
    history.replaceState(null, "", " ");
    return url.replace(location.host, "HOST");
  },
  expect: "ws://HOST/dropin/echo",
};

const FOREIGN = [
  ["an ArrayBuffer", (realm) => new realm.Uint8Array([1, 2, 3]).buffer, 3],
  ["a view", (realm) => new realm.Uint16Array(2), 4],
  ["a DataView", (realm) => new realm.DataView(new realm.ArrayBuffer(5), 1), 4],
  ["a Blob", (realm) => new realm.Blob(["1234567"]), 7],
  ["a File", (realm) => new realm.File(["12"], "name"), 2],
];
for (const [what, given, size] of FOREIGN) {
  checks[`another realm's ${what} is binary, arrives and is counted, before and after the close`] = {
    ask: ({ open, echoed, next }) => inFrame(async (realm) => {
      const socket = await open();
      const { size } = await echoed(socket, given(realm));
      socket.close();
      await next(socket, "close");
      socket.send(given(realm));
      return [size, socket.bufferedAmount];
    }),
    expect: [size, size],
    engines: { webkit: [[size, size + 6], "WebKit counts the frame's head, too"] },
    layered: [[size, size], "the class counts by itself, after the close"],
  };
}
checks["what arrives is of the realm of the class"] = {
  ask: async ({ open, echoed }) => {
    const socket = await open();
    const blob = await echoed(socket, new Blob(["x"]));
    socket.binaryType = "arraybuffer";
    return [blob instanceof Blob, (await echoed(socket, new Blob(["x"]))) instanceof ArrayBuffer];
  },
  expect: [true, true],
};
checks["another realm's values listen, offer and abort as well"] = {
  ask: ({ make, next }) => inFrame(async (realm) => {
    const socket = make(new realm.URL("/ws/protocol", location.href), realm.Array.of("wamp", "soap"));
    const heard = [];
    const abort = new realm.AbortController();
    socket.onopen = realm.Function.prototype.bind.call(() => heard.push(socket.protocol));
    socket.addEventListener("message", () => heard.push("x"), { signal: abort.signal });
    abort.abort();
    await next(socket, "message");
    return heard;
  }),
  expect: ["wamp"],
};
checks["a frame's own class makes sockets beside ours, and they do not mix"] = {
  ask: ({ open, thrown }) => inFrame(async (realm) => {
    const socket = await open();
    const get = (prototype) => Object.getOwnPropertyDescriptor(prototype, "readyState").get;
    return [thrown(() => get(realm.WebSocket.prototype).call(Object.create(Object.getPrototypeOf(socket)))), socket instanceof realm.WebSocket];
  }),
  expect: ["TypeError", false],
};
