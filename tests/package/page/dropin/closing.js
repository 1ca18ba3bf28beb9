// What does close() take, say and lead to (WHATWG WebSockets §3.1, "close(code, reason)", and §4)?

export const checks = {};

const ACCESS_ERROR = "DOMException InvalidAccessError", SYNTAX_ERROR = "DOMException SyntaxError", TYPE_ERROR = "TypeError";

const HALVES = "the fraction is cut off, where [Clamp] rounds to the nearest";
const ALONE = "a reason without a code is refused, as one with code 0";
const UNREAD = "a reason without a code is not looked at, and not sent";
const UNTOLD = "with layers, whoever closes needs no error; and an open socket that fails tells its close alone";

/** Every event from now on: `[type, readyState]`, and of a close what it says. */
function diary(socket) {
  const heard = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, ({ code, reason, wasClean }) =>
      heard.push([type, socket.readyState, ...(type === "close" ? [code, reason, wasClean] : [])]));
  }
  return heard;
}

// ── codes ──

/** Each with what becomes of it: a code that is sent, or what is thrown. [Clamp] unsigned short: halves go to the even. */
const CODES = [
  ["1000", () => 1000, 1000], ["3000", () => 3000, 3000], ["4999", () => 4999, 4999],
  ["a string", () => "1000", 1000], ["a string in hex, with space", () => " 0xbb8\n", 3000], ["a string with a fraction", () => "3000.25", 3000],
  ["an object", () => ({ valueOf: () => 4000 }), 4000], ["a list of one", () => [4321], 4321], ["a Date", () => new Date(3456), 3456],
  ["999.5", () => 999.5, 1000], ["1000.5", () => 1000.5, 1000], ["2999.5", () => 2999.5, 3000], ["3000.5", () => 3000.5, 3000],
  ["3001.5", () => 3001.5, 3002], ["4998.51", () => 4998.51, 4999], ["1000.4999", () => 1000.4999, 1000],
  ["nought", () => 0, ACCESS_ERROR], ["nought below zero", () => -0, ACCESS_ERROR], ["-1", () => -1, ACCESS_ERROR], ["-1000", () => -1000, ACCESS_ERROR],
  ["1", () => 1, ACCESS_ERROR], ["500", () => 500, ACCESS_ERROR], ["999", () => 999, ACCESS_ERROR], ["999.4", () => 999.4, ACCESS_ERROR],
  ["1000.51", () => 1000.51, ACCESS_ERROR], ["1001", () => 1001, ACCESS_ERROR], ["1005", () => 1005, ACCESS_ERROR], ["1006", () => 1006, ACCESS_ERROR],
  ["1015", () => 1015, ACCESS_ERROR], ["2999", () => 2999, ACCESS_ERROR], ["2999.49", () => 2999.49, ACCESS_ERROR], ["4999.5", () => 4999.5, ACCESS_ERROR],
  ["5000", () => 5000, ACCESS_ERROR], ["65535", () => 65_535, ACCESS_ERROR], ["1000 and 2¹⁶, which does not wrap", () => 66_536, ACCESS_ERROR],
  ["1000 and 2³²", () => 4_294_968_296, ACCESS_ERROR], ["Infinity", () => Infinity, ACCESS_ERROR], ["-Infinity", () => -Infinity, ACCESS_ERROR],
  ["NaN", () => NaN, ACCESS_ERROR], ["null", () => null, ACCESS_ERROR], ["true", () => true, ACCESS_ERROR], ["words", () => "words", ACCESS_ERROR],
  ["the empty string", () => "", ACCESS_ERROR], ["an object without a number", () => ({}), ACCESS_ERROR], ["an empty list", () => [], ACCESS_ERROR],
  ["a bigint", () => 1000n, TYPE_ERROR], ["a Symbol", () => Symbol("x"), TYPE_ERROR], ["an object without any value", () => Object.create(null), TYPE_ERROR],
  ["an object that throws", () => ({ valueOf() { throw "mine"; } }), "mine"],
];
/** By code: what two engines make of it. */
const CUT = Object.fromEntries([
  ["999.5", ACCESS_ERROR], ["2999.5", ACCESS_ERROR], ["3001.5", [2, 3001, "", true, 3]], ["4998.51", [2, 4998, "", true, 3]],
  ["1000.51", ["nothing", false, "nothing", false, "nothing", true]], ["4999.5", ["nothing", false, "nothing", false, "nothing", true]],
].map(([code, answer]) => [code, { chromium: [answer, HALVES], webkit: [answer, HALVES] }]));
for (const [what, given, becomes] of CODES) {
  if (typeof becomes === "number") {
    checks[`the code may be ${what}`] = {
      ask: async ({ open, next, thrown }) => {
        const socket = await open();
        const closed = next(socket, "close");
        const error = thrown(() => socket.close(given()));
        if (error !== "nothing") return error;
        const closing = socket.readyState;
        const { code, reason, wasClean } = await closed;
        return [closing, code, reason, wasClean, socket.readyState];
      },
      expect: [2, becomes, "", true, 3],
      native: CUT[what],
    };
  } else {
    checks[`the code may not be ${what}: while it connects, is open or is closed, and nothing happens`] = {
      ask: async ({ make, open, closed, thrown }) => {
        const sockets = [make("/ws/echo"), await open(), await closed()];
        return sockets.flatMap((socket) => {
          const before = socket.readyState;
          return [thrown(() => socket.close(given())), socket.readyState === before];
        });
      },
      expect: [becomes, true, becomes, true, becomes, true],
      native: CUT[what],
    };
  }
}

// ── reasons ──

const REASONS = [
  ["a nought in it", () => "a\u0000b", "a\u0000b", { webkit: [[4000, "a"], "libsoup ends it there"] }],
  ["123 bytes of ASCII", () => "x".repeat(123), "x".repeat(123)],
  ["123 bytes of three each", () => "€".repeat(41), "€".repeat(41)],
  ["half a pair, three bytes of replacement", () => "\ud800", "\ufffd"],
  ["41 half pairs, 123 bytes", () => "\udc00".repeat(41), "\ufffd".repeat(41)],
  ["null, the string", () => null, "null"],
  ["undefined, none", () => undefined, ""],
  ["a number", () => 12, "12"],
  ["an object", () => ({ toString: () => "said" }), "said"],
  ["a list", () => [1, 2], "1,2"],
];
for (const [what, given, arrives, engines] of REASONS) {
  checks[`the reason may be ${what}`] = {
    ask: async ({ open, next }) => {
      const socket = await open();
      socket.close(4000, given());
      const { code, reason } = await next(socket, "close");
      return [code, reason];
    },
    expect: [4000, arrives],
    engines,
  };
}
const NO_REASONS = [
  ["124 bytes of ASCII", () => "x".repeat(124), SYNTAX_ERROR],
  ["124 bytes in 42 characters", () => `${"€".repeat(41)}x`, SYNTAX_ERROR],
  ["42 half pairs", () => "\ud800".repeat(42), SYNTAX_ERROR],
  ["very much", () => "x".repeat(100_000), SYNTAX_ERROR],
  ["a Symbol", () => Symbol("x"), TYPE_ERROR],
  ["an object that throws", () => ({ toString() { throw "mine"; } }), "mine"],
];
for (const [what, given, thrown] of NO_REASONS) {
  checks[`the reason may not be ${what}: while it connects, is open or is closed, with a code and without`] = {
    ask: async (around) => {
      const sockets = [around.make("/ws/echo"), await around.open(), await around.closed()];
      return sockets.flatMap((socket) => {
        const before = socket.readyState;
        return [
          around.thrown(() => socket.close(1000, given())),
          around.thrown(() => socket.close(undefined, given())),
          socket.readyState === before,
        ];
      });
    },
    expect: Array(3).fill([thrown, thrown, true]).flat(),
    native: thrown === SYNTAX_ERROR
      ? { chromium: [Array(3).fill([thrown, ACCESS_ERROR, true]).flat(), ALONE], webkit: [[thrown, "nothing", false, thrown, "nothing", false, thrown, "nothing", true], UNREAD] }
      : undefined,
  };
}

// ── the order of what is checked ──

checks["code and reason are converted in this order, each once, before either is judged"] = {
  ask: async ({ open, thrown }) => {
    const socket = await open();
    const order = [];
    const error = thrown(() => socket.close({ valueOf: () => (order.push("code"), 7) }, { toString: () => (order.push("reason"), "x") }));
    return [order, error];
  },
  expect: [["code", "reason"], ACCESS_ERROR],
};
checks["a reason that cannot be said is found before a code that may not be"] = {
  ask: async ({ open, thrown }) => {
    const socket = await open();
    return thrown(() => socket.close(1, Symbol("x")));
  },
  expect: TYPE_ERROR,
};
checks["a code that may not be said is found before a reason that is too long"] = {
  ask: async ({ open, thrown }) => {
    const socket = await open();
    return thrown(() => socket.close(1, "x".repeat(124)));
  },
  expect: ACCESS_ERROR,
};
checks["a long reason is found where there is no code"] = {
  ask: async ({ open, thrown }) => {
    const socket = await open();
    return [thrown(() => socket.close(undefined, "x".repeat(124))), socket.readyState];
  },
  expect: [SYNTAX_ERROR, 1],
  native: { chromium: [[ACCESS_ERROR, 1], ALONE], webkit: [["nothing", 2], UNREAD] },
};

// ── what is said ──

const SAID = [
  ["nothing", [], [1005, "", true]],
  ["undefined", [undefined], [1005, "", true]],
  ["undefined, twice", [undefined, undefined], [1005, "", true]],
  ["no code and an empty reason", [undefined, ""], [1005, "", true], { chromium: [ACCESS_ERROR, ALONE] }],
  ["no code and a reason, which goes with 1000", [undefined, "why"], [1000, "why", true], {
    chromium: [ACCESS_ERROR, ALONE], firefox: [[true, 1005, "", true], UNREAD], webkit: [[true, 1005, "", true], UNREAD],
  }],
  ["a code and an empty reason", [3001, ""], [3001, "", true]],
  ["more than it takes", [3001, "why", "more"], [3001, "why", true]],
];
for (const [what, given, said, native] of SAID) {
  checks[`close() with ${what}`] = {
    ask: async ({ open, next, thrown }) => {
      const socket = await open();
      let isSilent;
      const error = thrown(() => (isSilent = socket.close(...given) === undefined));
      if (error !== "nothing") return error;
      const { code, reason, wasClean } = await next(socket, "close");
      return [isSilent, code, reason, wasClean];
    },
    expect: [true, ...said],
    native,
  };
}

// ── when it is said ──

checks["closed while it connects: an error, then 1006, and it never opens"] = {
  ask: async ({ make, next, fresh }) => {
    const socket = make(fresh("/ws/echo"));
    const heard = diary(socket);
    socket.close();
    const closing = socket.readyState;
    await next(socket, "close");
    return [closing, heard];
  },
  expect: [2, [["error", 3], ["close", 3, 1006, "", false]]],
  layered: [[2, [["close", 3, 1006, "", false]]], UNTOLD],
};
checks["closed while it connects with a code and a reason: they are not told"] = {
  ask: async ({ make, next, fresh }) => {
    const socket = make(fresh("/ws/echo"));
    const heard = diary(socket);
    socket.close(4000, "too early");
    await next(socket, "close");
    return heard;
  },
  expect: [["error", 3], ["close", 3, 1006, "", false]],
  layered: [[["close", 3, 1006, "", false]], UNTOLD],
};
checks["closed while the server has not answered: it does not wait for it"] = {
  ask: async ({ make, next, turn, fresh }) => {
    const socket = make(fresh("/ws/fault/stall?after=30000"));
    const heard = diary(socket);
    await turn();
    socket.close();
    await next(socket, "close");
    return heard;
  },
  expect: [["error", 3], ["close", 3, 1006, "", false]],
  layered: [[["close", 3, 1006, "", false]], UNTOLD],
};
checks["nothing is told within close()"] = {
  ask: async ({ open, make, next, fresh }) => {
    const socket = await open();
    const connecting = make(fresh("/ws/echo"));
    const heard = [diary(connecting), diary(socket)];
    connecting.close();
    socket.close();
    const counts = [heard.flat().length];
    await Promise.resolve();
    counts.push(heard.flat().length);
    await Promise.all([next(connecting, "close"), next(socket, "close")]);
    return [...counts, heard.flat().length];
  },
  expect: [0, 0, 3],
  layered: [[0, 0, 2], UNTOLD],
};
checks["closed twice, with another code: the first counts"] = {
  ask: async ({ open, next, thrown }) => {
    const socket = await open();
    const heard = diary(socket);
    socket.close(3001, "first");
    const again = thrown(() => socket.close(3002, "second"));
    await next(socket, "close");
    const late = thrown(() => socket.close(3003, "third"));
    return [again, late, heard];
  },
  expect: ["nothing", "nothing", [["close", 3, 3001, "first", true]]],
};
checks["closed in its open event"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/echo");
    const heard = diary(socket);
    socket.addEventListener("open", () => {
      socket.close(3000);
      heard.push(socket.readyState);
    });
    await next(socket, "close");
    return heard;
  },
  expect: [["open", 1], 2, ["close", 3, 3000, "", true]],
};
checks["closed in a message, the others that came are not told"] = {
  ask: async ({ open, next }) => {
    const socket = await open("/ws/fault/flood?count=20&size=10&kind=text");
    const heard = diary(socket);
    socket.addEventListener("message", () => socket.close(3000, "enough"), { once: true });
    await next(socket, "close");
    return [heard.filter(([type]) => type === "message").length, heard.at(-1)[1]];
  },
  expect: [1, 3],
};
checks["closed, sent to and closed again in its close event: nothing more comes of it"] = {
  ask: async ({ open, next, thrown, turn }) => {
    const socket = await open();
    const heard = diary(socket);
    const noted = [];
    socket.addEventListener("close", () => {
      noted.push(thrown(() => socket.close()), thrown(() => socket.send("x")), socket.readyState, socket.bufferedAmount);
    });
    socket.close(1000);
    await next(socket, "close");
    await turn();
    return [noted, heard];
  },
  expect: [["nothing", "nothing", 3, 1], [["close", 3, 1000, "", true]]],
  engines: { webkit: [[["nothing", "nothing", 3, 7], [["close", 3, 1000, "", true]]], "WebKit counts the frame's head, too"] },
  layered: [[["nothing", "nothing", 3, 1], [["close", 3, 1000, "", true]]], "the class counts by itself, after the close"],
};
checks["closed in its error event"] = {
  ask: async ({ make, next, thrown, fresh }) => {
    const socket = make(fresh("/ws/fault/refuse"));
    const heard = diary(socket);
    let noted;
    socket.addEventListener("error", () => (noted = [thrown(() => socket.close(3000)), socket.readyState]));
    await next(socket, "close");
    return [noted, heard];
  },
  expect: [["nothing", 3], [["error", 3], ["close", 3, 1006, "", false]]],
};
checks["what was sent before the close arrives before it"] = {
  ask: async ({ WebSocket, open, next, fresh }) => {
    const path = fresh("/ws/echo");
    const watch = await open(path.replace("/ws/echo?watch=", "/ws/watch?id="));
    const told = [];
    watch.addEventListener("message", ({ data }) => told.push(JSON.parse(data)));
    const socket = await open(path);
    for (const data of ["one", new Blob(["four"]), new Uint8Array(5)]) socket.send(data);
    socket.close(3000, "done");
    while (told.at(-1)?.event !== "close") await next(watch, "message");
    return told.slice(1).map(({ event, bytes, code, reason }) => [event, bytes ?? code, reason ?? ""]);
  },
  expect: [["message", 3, ""], ["message", 4, ""], ["message", 5, ""], ["close", 3000, "done"]],
  engines: { webkit: [[["message", 3, ""], ["close", 3000, "done"]], "WebKit forgets a Blob that it has not read yet, and what follows"] },
};

// ── what the other side says ──

const withoutError = (heard) => heard.filter(([type]) => type !== "error");

const SERVERS = [
  ["1000, with a reason", "close?code=1000&reason=bye", [["close", 3, 1000, "bye", true]]],
  ["no code", "close?", [["close", 3, 1005, "", true]]],
  ["1001", "close?code=1001", [["close", 3, 1001, "", true]]],
  ["1011", "close?code=1011&reason=oh", [["close", 3, 1011, "oh", true]]],
  ["1012", "close?code=1012", [["close", 3, 1012, "", true]], { webkit: [[["error", 3], ["close", 3, 1006, "", false]], "libsoup does not know 1012"] }],
  ["3000", "close?code=3000", [["close", 3, 3000, "", true]]],
  ["4999, with a reason beyond ASCII", "close?code=4999&reason=%E2%82%AC", [["close", 3, 4999, "€", true]]],
  ["nothing, and lets go", "drop?", [["close", 3, 1006, "", false]]],
  ["what is not UTF-8", "text?bytes=ff", [["error", 3], ["close", 3, 1006, "", false]]],
  ["a frame with bits that mean nothing", "raw?bytes=f100", [["error", 3], ["close", 3, 1006, "", false]]],
  ["a frame of a kind that is not known", "raw?bytes=8300", [["error", 3], ["close", 3, 1006, "", false]]],
];
for (const [what, path, expect, engines] of SERVERS) {
  checks[`the server says ${what}`] = {
    ask: async ({ make, next, fresh }) => {
      const socket = make(fresh(`/ws/fault/${path}${path.endsWith("?") ? "" : "&"}after=message`));
      await next(socket, "open");
      const heard = diary(socket);
      socket.send("go");
      await next(socket, "close");
      return heard.filter(([type]) => type !== "message"); // it may have echoed
    },
    expect,
    engines,
    layered: [withoutError, UNTOLD],
  };
}
checks["the server refuses the handshake"] = {
  ask: async ({ make, next, fresh }) => {
    const socket = make(fresh("/ws/fault/refuse?status=403"));
    const heard = diary(socket);
    await next(socket, "close");
    return [heard, socket.bufferedAmount, socket.protocol, socket.extensions];
  },
  expect: [[["error", 3], ["close", 3, 1006, "", false]], 0, "", ""],
};
checks["nobody speaks TLS there"] = {
  ask: async ({ make, next, fresh }) => {
    const socket = make(fresh(`wss://${location.host}/ws/echo`));
    const heard = diary(socket);
    await next(socket, "close");
    return heard;
  },
  expect: [["error", 3], ["close", 3, 1006, "", false]],
  engines: { firefox: [[["error", 3], ["close", 3, 1015, "", false]], "1015 is not told to pages, for it would tell of networks"] },
};
checks["a port that is blocked"] = {
  ask: async ({ make, next }) => {
    const socket = make("ws://127.0.0.1:1/");
    const heard = diary(socket);
    await next(socket, "close");
    return heard;
  },
  expect: [["error", 3], ["close", 3, 1006, "", false]],
  unasked: { webkit: "no event within 30 s, as seen by hand" },
};
