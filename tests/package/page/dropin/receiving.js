// How do messages arrive (WHATWG WebSockets §3.1, binaryType, and §4, "a WebSocket message has been received")?

export const checks = {};

checks["text is a string, and binary a Blob unless asked otherwise"] = {
  ask: async ({ open, echoed }) => {
    const socket = await open();
    const text = await echoed(socket, "text");
    const blob = await echoed(socket, new Uint8Array([1, 2, 3]));
    return [text, blob instanceof Blob, blob.constructor.name, blob.size, blob.type, socket.binaryType];
  },
  expect: ["text", true, "Blob", 3, "", "blob"],
};
checks["binary is an ArrayBuffer where that is asked for, and text stays text"] = {
  ask: async ({ open, echoed }) => {
    const socket = await open();
    socket.binaryType = "arraybuffer";
    const buffer = await echoed(socket, new Blob([new Uint8Array([1, 2, 3])]));
    return [await echoed(socket, "text"), buffer instanceof ArrayBuffer, Array.from(new Uint8Array(buffer)), buffer.resizable ?? false];
  },
  expect: ["text", true, [1, 2, 3], false],
};
checks["empty messages are messages"] = {
  ask: async ({ open, echoed }) => {
    const socket = await open();
    const blob = await echoed(socket, new Blob([]));
    socket.binaryType = "arraybuffer";
    return [await echoed(socket, ""), blob.size, (await echoed(socket, new ArrayBuffer(0))).byteLength];
  },
  expect: ["", 0, 0],
};
checks["a change of binaryType counts for the next message"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const heard = [];
    socket.addEventListener("message", ({ data }) => {
      heard.push(data.constructor.name);
      socket.binaryType = socket.binaryType === "blob" ? "arraybuffer" : "blob";
    });
    for (let sent = 0; sent < 4; sent += 1) socket.send(new Uint8Array(1));
    while (heard.length < 4) await next(socket, "message");
    return heard;
  },
  expect: ["Blob", "ArrayBuffer", "Blob", "ArrayBuffer"],
};
checks["binaryType set before it opens counts"] = {
  ask: async ({ make, next, echoed }) => {
    const socket = make("/ws/echo");
    socket.binaryType = "arraybuffer";
    await next(socket, "open");
    return [socket.binaryType, (await echoed(socket, new Blob(["x"]))).constructor.name];
  },
  expect: ["arraybuffer", "ArrayBuffer"],
};
checks["each message has a buffer of its own"] = {
  ask: async ({ open, echoed }) => {
    const socket = await open();
    socket.binaryType = "arraybuffer";
    const first = await echoed(socket, new Uint8Array([1]));
    new Uint8Array(first)[0] = 9;
    const second = await echoed(socket, new Uint8Array([1]));
    return [first !== second, new Uint8Array(second)[0]];
  },
  expect: [true, 1],
};

const KEPT = [
  ["text", "text"], ["the empty string", ""], ["capitals", "Blob"], ["capitals within", "arrayBuffer"], ["space", "arraybuffer "],
  ["null", null], ["undefined", undefined], ["a number", 1], ["true", true], ["an object", {}], ["uint8array", "uint8array"],
];
for (const [what, value] of KEPT) {
  checks[`binaryType takes no ${what}, and says nothing`] = {
    ask: ({ make, thrown }) => {
      const socket = make("/ws/echo");
      const first = thrown(() => (socket.binaryType = value));
      const kept = [first, socket.binaryType];
      socket.binaryType = "arraybuffer";
      socket.binaryType = value;
      return [...kept, socket.binaryType];
    },
    expect: ["nothing", "blob", "arraybuffer"],
  };
}
checks["binaryType takes what can say blob or arraybuffer"] = {
  ask: ({ make }) => {
    const socket = make("/ws/echo");
    socket.binaryType = { toString: () => "arraybuffer" };
    const taken = [socket.binaryType];
    socket.binaryType = ["blob"];
    return [...taken, socket.binaryType];
  },
  expect: ["arraybuffer", "blob"],
};
checks["binaryType takes no Symbol, and nothing that throws"] = {
  ask: ({ make, thrown }) => {
    const socket = make("/ws/echo");
    return [
      thrown(() => (socket.binaryType = Symbol("blob"))),
      thrown(() => (socket.binaryType = { toString() { throw "mine"; } })),
      socket.binaryType,
    ];
  },
  expect: ["TypeError", "mine", "blob"],
};
checks["binaryType can be set in every state"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const seen = [];
    const set = (type) => {
      socket.binaryType = type;
      seen.push(socket.binaryType);
    };
    set("arraybuffer");
    socket.close();
    set("blob");
    await next(socket, "close");
    set("arraybuffer");
    set("neither");
    return seen;
  },
  expect: ["arraybuffer", "blob", "arraybuffer", "arraybuffer"],
};
checks["many messages arrive in order, and the close after them"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/fault/flood?count=300&size=40&kind=text");
    const heard = [];
    socket.addEventListener("message", ({ data }) => heard.push(Number.parseInt(data, 10)));
    const { code } = await next(socket, "close");
    return [heard.length, heard.every((number, at) => number === at), code];
  },
  expect: [300, true, 1000],
};
checks["a message of many pieces is one"] = {
  ask: async ({ open, next }) => {
    // "He" in a first frame that is not the last, a ping between, "llo" in the last (RFC 6455 §5.7)
    const socket = await open("/ws/fault/raw?bytes=01024865890080036c6c6f&after=message");
    const heard = [];
    socket.addEventListener("message", ({ data }) => heard.push(data));
    socket.send("go");
    while (!heard.includes("Hello")) await next(socket, "message");
    return heard.at(-1);
  },
  expect: "Hello",
};
