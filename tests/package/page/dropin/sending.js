// What does send() take, what arrives of it, and how is it counted (WHATWG WebSockets §3.1, "send(data)")?

export const checks = {};

const TYPE_ERROR = "TypeError";

const HEAD = "WebKit counts the frame's head, too: it is 6 bytes longer";
const QUEUED = "with layers, what is sent while it connects waits; what no browser would take is told by `drop` when it opens";
const TOLD = "with layers, what no browser would take is told by `drop`";
const UNCOUNTED = "with layers, what is sent while closing is told by `drop`, and counts for nothing";

// ── text ──

const TEXTS = [
  ["text", () => "text", "text"],
  ["the empty string", () => "", ""],
  ["a line with every kind of end", () => "a\r\nb\nc\rd\u2028e", "a\r\nb\nc\rd\u2028e"],
  ["a nought", () => "a\u0000b", "a\u0000b"],
  ["a byte order mark", () => "\ufeffa", "\ufeffa"],
  ["beyond ASCII", () => "é€😀", "é€😀"],
  ["the first half of a pair", () => "a\ud83d", "a\ufffd"],
  ["the second half of a pair", () => "\ude00b", "\ufffdb"],
  ["halves the wrong way round", () => "\ude00\ud83d", "\ufffd\ufffd"],
  ["what is no character", () => "\uffff\u{10ffff}", "\uffff\u{10ffff}"],
  ["null", () => null, "null"],
  ["undefined", () => undefined, "undefined"],
  ["true", () => true, "true"],
  ["nought below zero", () => -0, "0"],
  ["a number", () => 1.5e21, "1.5e+21"],
  ["NaN", () => NaN, "NaN"],
  ["a bigint", () => 12345678901234567890n, "12345678901234567890"],
  ["an object", () => ({}), "[object Object]"],
  ["a list", () => [1, [2, null], "x"], "1,2,,x"],
  ["an empty list", () => [], ""],
  ["a String", () => new String("words"), "words"],
  ["an object that can say what it is", () => ({ toString: () => "said", valueOf: () => "valued" }), "said"],
  ["an object that prefers", () => ({ [Symbol.toPrimitive]: (hint) => hint }), "string"],
  ["a URL", () => new URL("ws://x/"), "ws://x/"],
  ["an object tagged as a Blob", () => ({ [Symbol.toStringTag]: "Blob", size: 3 }), "[object Blob]"],
  ["an object tagged as an ArrayBuffer", () => ({ [Symbol.toStringTag]: "ArrayBuffer", byteLength: 3 }), "[object ArrayBuffer]"],
  ["a list of bytes that is no view", () => ({ byteLength: 3, buffer: new ArrayBuffer(3), byteOffset: 0 }), "[object Object]"],
];
for (const [what, given, expect] of TEXTS) {
  checks[`as text: ${what}`] = { ask: async ({ open, echoed }) => echoed(await open(), given()), expect };
}
const THROWERS = [
  ["a Symbol", () => Symbol("x"), TYPE_ERROR],
  ["an object without any string", () => Object.create(null), TYPE_ERROR],
  ["an object that throws", () => ({ toString() { throw "mine"; } }), "mine"],
  ["an object that gives an object", () => ({ toString: () => ({}), valueOf: () => ({}) }), TYPE_ERROR],
];
for (const [what, given, expect] of THROWERS) {
  for (const [state, at] of [["connecting", "make"], ["open", "open"], ["closed", "closed"]]) {
    checks[`what cannot be said, ${state}: ${what}`] = {
      ask: async (around) => {
        const socket = await around[at]("/ws/echo");
        return [around.thrown(() => socket.send(given())), socket.bufferedAmount];
      },
      expect: [expect, 0],
    };
  }
}

// ── bytes ──

const bytes = () => new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 12, 13, 14, 15]);
const BINARY = [
  ["an ArrayBuffer", () => bytes().buffer, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 12, 13, 14, 15]],
  ["an empty ArrayBuffer", () => new ArrayBuffer(0), []],
  ["a view of a part", () => new Uint8Array(bytes().buffer, 3, 2), [3, 4]],
  ["a view from somewhere on", () => new Uint8Array(bytes().buffer, 14), [14, 15]],
  ["an empty view", () => new Uint8Array(bytes().buffer, 4, 0), []],
  ["a DataView of a part", () => new DataView(bytes().buffer, 10, 3), [10, 255, 12]],
  ["a Blob", () => new Blob([bytes()]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 12, 13, 14, 15]],
  ["an empty Blob", () => new Blob([]), []],
  ["a slice of a Blob", () => new Blob([bytes()]).slice(2, 4), [2, 3]],
  ["a File", () => new File([bytes()], "name").slice(11, 12), [255]],
  ["a Blob of text, which stays binary", () => new Blob(["é"], { type: "text/plain" }), [195, 169]],
];
for (const name of ["Int8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]) {
  const size = globalThis[name].BYTES_PER_ELEMENT;
  BINARY.push([`an ${name} of a part`, () => new globalThis[name](bytes().buffer, 8, 1), [8, 9, 10, 255, 12, 13, 14, 15].slice(0, size)]);
}
for (const [what, given, expect] of BINARY) {
  checks[`as bytes: ${what}`] = {
    ask: async ({ open, echoed }) => {
      const socket = await open();
      socket.binaryType = "arraybuffer";
      return Array.from(new Uint8Array(await echoed(socket, given())));
    },
    expect,
  };
}
/** Sizes at which the head of a frame changes (RFC 6455 §5.2), and one of several frames. */
for (const size of [125, 126, 127, 65_535, 65_536, 1_000_000]) {
  checks[`${size} bytes arrive, as text, as bytes and as a Blob`] = {
    ask: async ({ open, echoed }) => {
      const socket = await open("/ws/echo?deflate=off");
      const text = await echoed(socket, "x".repeat(size));
      const blob = await echoed(socket, new Uint8Array(size));
      const same = await echoed(socket, new Blob([new Uint8Array(size)]));
      return [text.length, blob.size, same.size];
    },
    expect: [size, size, size],
  };
}
checks["what is sent is what it was when it was sent"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    socket.binaryType = "arraybuffer";
    const given = bytes();
    socket.send(given);
    given.fill(9);
    const { data } = await next(socket, "message");
    return Array.from(new Uint8Array(data).subarray(0, 3));
  },
  expect: [0, 1, 2],
};
checks["a buffer can be given away as soon as it is sent"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const given = bytes().buffer;
    socket.send(given);
    structuredClone(given, { transfer: [given] });
    return (await next(socket, "message")).data.size;
  },
  expect: 16,
};
checks["messages keep their order, whatever they are"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const heard = [];
    socket.addEventListener("message", ({ data }) => heard.push(typeof data === "string" ? data : data.size));
    for (const data of ["a", new Blob(["xx"]), "b", new Uint8Array(3), new Blob(["yyyy"]), "end"]) socket.send(data);
    while (heard.at(-1) !== "end") await next(socket, "message");
    return heard;
  },
  expect: ["a", 2, "b", 3, 4, "end"],
};
checks["send() gives nothing back"] = {
  ask: async ({ open }) => [(await open()).send("x") === undefined],
  expect: [true],
};

// ── buffers that are no plain ones ──

const detached = () => {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};
const detachedView = () => {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
};
const shared = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer;
const resizable = () => new ArrayBuffer(8, { maxByteLength: 16 });
/** Each with what is thrown; and with layers what is counted while it waits, when it is open, and in WebKit after the close. */
const ODD = [
  ["a buffer that was given away", detached, "nothing", 0, 0, 0],
  ["a view of a buffer that was given away", detachedView, "nothing", 0, 0, 0],
  ["a view of shared memory", () => new Uint8Array(shared(), 0, 4), TYPE_ERROR, 4, 0, 7],
  ["a DataView of shared memory", () => new DataView(shared(), 0, 4), TYPE_ERROR, 4, 0, 17],
  ["shared memory itself", shared, TYPE_ERROR, 52, 26, 26], // a string with layers
  ["a buffer that can grow", resizable, TYPE_ERROR, 8, 0, 20],
  ["a view of a buffer that can grow", () => new Uint8Array(resizable(), 0, 4), TYPE_ERROR, 4, 0, 7],
];
for (const [what, given, thrown, waiting, counted, asText] of ODD) {
  checks[`connecting: ${what}`] = {
    ask: ({ make, thrown }) => {
      const socket = make("/ws/echo");
      return [thrown(() => socket.send(given())), socket.bufferedAmount];
    },
    expect: [thrown === "nothing" ? "DOMException InvalidStateError" : thrown, 0],
    layered: [["nothing", waiting], QUEUED],
  };
  checks[`open: ${what}`] = {
    ask: async ({ open, thrown }) => {
      const socket = await open();
      return [thrown(() => socket.send(given())), socket.bufferedAmount];
    },
    expect: [thrown, 0],
    layered: [["nothing", counted], TOLD],
  };
  checks[`closed: ${what}`] = {
    ask: async ({ closed, thrown }) => {
      const socket = await closed();
      return [thrown(() => socket.send(given())), socket.bufferedAmount];
    },
    expect: [thrown, 0],
    engines: thrown === "nothing" ? { webkit: [["nothing", 6], HEAD] } : undefined,
    layered: [(own, engine) => (engine === "webkit" ? ["nothing", asText] : own), "with layers it is measured as a Blob, of which WebKit makes text"],
  };
}

// ── when it may not be sent ──

checks["while it connects nothing can be sent, but what cannot be said comes first"] = {
  ask: ({ make, thrown }) => {
    const socket = make("/ws/echo");
    let asked = 0;
    return [
      ...["x", new ArrayBuffer(1), new Blob(["x"]), new Uint8Array(1)].map((data) => thrown(() => socket.send(data))),
      thrown(() => socket.send({ toString: () => `${(asked += 1)}` })),
      asked,
      socket.bufferedAmount,
    ];
  },
  expect: [...Array(5).fill("DOMException InvalidStateError"), 1, 0],
  layered: [[...Array(5).fill("nothing"), 1, 7], "with layers, what is sent while it connects waits; text is counted as it occupies memory"],
};

// ── bufferedAmount ──

const COUNTED = [
  ["ASCII", () => "hello", 5],
  ["the empty string", () => "", 0],
  ["beyond ASCII", () => "é€😀", 9],
  ["half a pair", () => "\ud800", 3],
  ["halves the wrong way round", () => "\ude00\ud83d", 6],
  ["a number", () => 12.5, 4],
  ["null", () => null, 4],
  ["an object", () => ({}), 15],
  ["a buffer", () => new ArrayBuffer(7), 7],
  ["a view", () => new Uint16Array(new ArrayBuffer(8), 2, 2), 4],
  ["a DataView", () => new DataView(new ArrayBuffer(8), 5), 3],
  ["a Blob", () => new Blob(["é", new Uint8Array(2)]), 4],
  ["a File", () => new File(["12345"], "name"), 5],
  ["a Blob that says it is larger", () => Object.defineProperty(new Blob(["123"]), "size", { value: 99 }), 3],
  ["a view that says it is larger", () => Object.defineProperty(new Uint8Array(3), "byteLength", { value: 99 }), 3],
];
for (const [what, given, count] of COUNTED) {
  checks[`bufferedAmount counts ${what}, at once`] = {
    ask: async ({ open }) => {
      const socket = await open();
      socket.send(given());
      return socket.bufferedAmount;
    },
    expect: count,
  };
  checks[`bufferedAmount counts ${what} while closing and after the close, where it never leaves`] = {
    ask: async ({ open, next }) => {
      const socket = await open();
      socket.close();
      socket.send(given());
      const counts = [socket.bufferedAmount];
      await next(socket, "close");
      counts.push(socket.bufferedAmount);
      socket.send(given());
      return [...counts, socket.bufferedAmount];
    },
    expect: [count, count, 2 * count],
    engines: { webkit: [[count + 6, count + 6, 2 * (count + 6)], HEAD] },
    layered: [[0, 0, count], UNCOUNTED],
  };
}
checks["a Blob is a Blob without its prototype, too"] = {
  ask: async ({ open, thrown }) => {
    const socket = await open();
    return [thrown(() => socket.send(Object.setPrototypeOf(new Blob(["123"]), null))), socket.bufferedAmount];
  },
  expect: ["nothing", 3],
  layered: [[TYPE_ERROR, 0], "layers know another realm's Blob by its tag"],
};
checks["bufferedAmount is a sum, and nought when all has left"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const counts = [socket.bufferedAmount];
    socket.send("one");
    socket.send(new Uint8Array(2));
    socket.send(new Blob(["1"]));
    counts.push(socket.bufferedAmount);
    await next(socket, "message");
    await next(socket, "message");
    await next(socket, "message");
    return [...counts, socket.bufferedAmount];
  },
  expect: [0, 6, 0],
};
checks["bufferedAmount does not change within a task"] = {
  ask: async ({ open }) => {
    const socket = await open();
    socket.send("x".repeat(1000));
    const until = performance.now() + 50; // the clock is the fact: time in which it could leave
    while (performance.now() < until);
    return socket.bufferedAmount;
  },
  expect: 1000,
};
checks["bufferedAmount of a socket that never opened counts what is sent afterwards"] = {
  ask: async ({ make, next, fresh }) => {
    const socket = make(fresh("/ws/fault/refuse"));
    await next(socket, "close");
    socket.send("12345");
    socket.send(new Uint8Array(3));
    return socket.bufferedAmount;
  },
  expect: 8,
  engines: { webkit: [20, HEAD] },
  layered: [8, "the class counts by itself, after the close"],
};
