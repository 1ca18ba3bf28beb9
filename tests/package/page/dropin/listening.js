// How is listened: by on* attributes (HTML §8.1.8.1) and by addEventListener (DOM §2.7)?

export const checks = {};

const TYPES = ["open", "message", "error", "close"];

/** An event of this type, as a script can dispatch it. */
const eventOf = (type, init) => new Event(type, init);

// ── on* ──

for (const type of TYPES) {
  const on = `on${type}`;
  checks[`${on} keeps a function or any object, and makes null of all else`] = {
    ask: async ({ open }) => {
      const socket = await open();
      const kept = [() => {}, class {}, { handleEvent() {} }, {}, [], new String("x"), /x/].map((value) => {
        socket[on] = value;
        return socket[on] === value;
      });
      const turned = [1, 0, "x", "", true, false, undefined, 1n, Symbol("x"), NaN, null].map((value) => {
        socket[on] = () => {};
        socket[on] = value;
        return socket[on];
      });
      return [kept, turned];
    },
    expect: [Array(7).fill(true), Array(11).fill(null)],
  };
  checks[`${on} is called with the event, and the socket as this`] = {
    ask: async ({ open }) => {
      const socket = await open();
      const heard = [];
      socket[on] = function (...given) { heard.push(this === socket, given.length, given[0].type, given[0].target === socket); };
      socket.dispatchEvent(eventOf(type));
      return heard;
    },
    expect: [true, 1, type, true],
  };
  checks[`${on} that is an object is not called, not even its handleEvent`] = {
    ask: async ({ open }) => {
      const socket = await open();
      let heard = 0;
      socket[on] = { handleEvent() { heard += 1; }, call() { heard += 1; } };
      socket.dispatchEvent(eventOf(type));
      return [heard, typeof socket[on]];
    },
    expect: [0, "object"],
  };
  checks[`${on} keeps its place when it is replaced, and loses it when it is taken away`] = {
    ask: async ({ open }) => {
      const socket = await open();
      const heard = [];
      socket[on] = () => heard.push("first");
      socket.addEventListener(type, () => heard.push("listener"));
      socket[on] = () => heard.push("second");
      socket.dispatchEvent(eventOf(type));
      socket[on] = {};
      socket[on] = () => heard.push("third");
      socket.dispatchEvent(eventOf(type));
      socket[on] = null;
      socket.dispatchEvent(eventOf(type));
      socket[on] = () => heard.push("fourth");
      socket.dispatchEvent(eventOf(type));
      return heard;
    },
    expect: ["second", "listener", "third", "listener", "listener", "listener", "fourth"],
  };
  checks[`${on} that returns false cancels what can be cancelled; nothing else does`] = {
    ask: async ({ open }) => {
      const socket = await open();
      return [false, undefined, null, 0, "", true].map((answer) => {
        socket[on] = () => answer;
        const event = eventOf(type, { cancelable: true });
        return [socket.dispatchEvent(event), event.defaultPrevented];
      });
    },
    expect: [[false, true], ...Array(5).fill([true, false])],
  };
  checks[`${on} set while it is told hears the next, taken away hears no more, replaced hears as another`] = {
    ask: async ({ open }) => {
      const socket = await open();
      const heard = [];
      socket.addEventListener(type, () => (socket[on] = () => heard.push("set")), { once: true });
      socket.dispatchEvent(eventOf(type));
      heard.push("|");
      socket.dispatchEvent(eventOf(type));
      socket[on] = null;
      socket.addEventListener(type, () => (socket[on] = null), { once: true });
      socket[on] = () => heard.push("taken away");
      socket.dispatchEvent(eventOf(type));
      socket.addEventListener(type, () => (socket[on] = () => heard.push("another")), { once: true });
      socket[on] = () => heard.push("replaced");
      socket.dispatchEvent(eventOf(type));
      return heard;
    },
    expect: ["|", "set", "another"],
  };
  checks[`${on} of one socket is none of another's`] = {
    ask: async ({ open }) => {
      const [one, two] = [await open(), await open()];
      one[on] = () => {};
      return two[on];
    },
    expect: null,
  };
  checks[`${on} and a listener of the same function are called both`] = {
    ask: async ({ open }) => {
      const socket = await open();
      let heard = 0;
      const listener = () => (heard += 1);
      socket[on] = listener;
      socket.addEventListener(type, listener);
      socket.dispatchEvent(eventOf(type));
      socket.removeEventListener(type, listener);
      socket.dispatchEvent(eventOf(type));
      return [heard, socket[on] === listener];
    },
    expect: [3, true],
  };
}
checks["on* that throws is reported, and the next listener hears"] = {
  ask: ({ open }) => hearing(async ({ reported }) => {
    const socket = await open();
    const heard = [];
    const error = new Error("mine");
    socket.onopen = () => { throw error; };
    socket.addEventListener("open", () => heard.push("next"));
    const went = socket.dispatchEvent(eventOf("open"));
    return [went, heard, reported.length, reported[0] === error];
  }),
  expect: [true, ["next"], 1, true],
};
checks["on* of a subclass's own name is the subclass's"] = {
  ask: ({ WebSocket }) => {
    class Own extends WebSocket {
      heard = 0;
      get onopen() { return "mine"; }
      set onopen(handler) { super.onopen = handler; }
    }
    const socket = new Own("/ws/echo");
    socket.onopen = () => (socket.heard += 1);
    socket.dispatchEvent(eventOf("open"));
    socket.close();
    return [socket.onopen, socket.heard];
  },
  expect: ["mine", 1],
};

// ── addEventListener and removeEventListener ──

/** What `listen(socket, note)` hears of these many dispatches; `heard.length` says how far it is. */
async function heardOf({ open }, dispatches, listen) {
  const socket = await open();
  const heard = [];
  listen(socket, (word) => heard.push(word));
  for (let at = 0; at < dispatches; at += 1) socket.dispatchEvent(new Event("message", { cancelable: true }));
  return heard;
}
const LISTENING = [
  ["once is once", 2, (socket, note) => socket.addEventListener("message", () => note("x"), { once: true }), ["x"]],
  ["the same twice is once", 1, (socket, note) => {
    const listener = () => note("x");
    socket.addEventListener("message", listener);
    socket.addEventListener("message", listener, false);
    socket.addEventListener("message", listener, { once: true, passive: true });
  }, ["x"]],
  ["the same in both phases is twice, capturing first", 1, (socket, note) => {
    const listener = ({ eventPhase }) => note(eventPhase);
    socket.addEventListener("message", () => note("bubbling"));
    socket.addEventListener("message", listener);
    socket.addEventListener("message", () => note("capturing"), true);
    socket.addEventListener("message", listener, { capture: true });
  }, ["capturing", 2, "bubbling", 2]],
  ["what was removed is not called", 1, (socket, note) => {
    const listener = () => note("x");
    socket.addEventListener("message", listener);
    socket.removeEventListener("message", listener);
  }, []],
  ["another phase is not removed", 1, (socket, note) => {
    const listener = () => note("x");
    socket.addEventListener("message", listener, true);
    socket.removeEventListener("message", listener);
    socket.removeEventListener("message", listener, { once: true, passive: true });
  }, ["x"]],
  ["the phase alone says what is removed", 1, (socket, note) => {
    const listener = () => note("x");
    socket.addEventListener("message", listener, { capture: true, once: true });
    socket.removeEventListener("message", listener, true);
  }, []],
  ["another type, another function, null and undefined remove nothing", 1, (socket, note) => {
    socket.addEventListener("message", () => note("x"));
    socket.removeEventListener("open", () => {});
    socket.removeEventListener("message", () => note("x"));
    socket.removeEventListener("message", null);
    socket.removeEventListener("message", undefined);
  }, ["x"]],
  ["null and undefined listen to nothing", 1, (socket) => {
    socket.addEventListener("message", null);
    socket.addEventListener("message", undefined);
  }, []],
  ["an object is asked for handleEvent each time, with itself as this", 2, (socket, note) => {
    const listener = { handleEvent() { note(this === listener); this.handleEvent = () => note("other"); } };
    socket.addEventListener("message", listener);
  }, [true, "other"]],
  ["an object may have a handleEvent later, and as an accessor", 2, (socket, note) => {
    socket.addEventListener("message", { get handleEvent() { note("asked"); return () => note("called"); } });
  }, ["asked", "called", "asked", "called"]],
  ["a function's handleEvent is not asked for", 1, (socket, note) => {
    socket.addEventListener("message", Object.assign(() => note("function"), { handleEvent: () => note("object") }));
  }, ["function"]],
  ["a function has the socket as this", 1, (socket, note) => {
    socket.addEventListener("message", function () { note(this === socket); });
  }, [true]],
  ["a listener that listens for more is not followed within the same event", 2, (socket, note) => {
    socket.addEventListener("message", () => socket.addEventListener("message", () => note("later")), { once: true });
  }, ["later"]],
  ["a listener that removes the next keeps it from hearing", 1, (socket, note) => {
    const last = () => note("x");
    socket.addEventListener("message", () => socket.removeEventListener("message", last));
    socket.addEventListener("message", last);
  }, []],
  ["once is removed before it is called", 1, (socket, note) => {
    const listener = () => {
      note("x");
      if (!listener.again) socket.dispatchEvent(new Event("message"));
      listener.again = true;
    };
    socket.addEventListener("message", listener, { once: true });
  }, ["x"]],
  ["stopImmediatePropagation stops", 1, (socket, note) => {
    socket.addEventListener("message", (event) => { note("first"); event.stopImmediatePropagation(); });
    socket.addEventListener("message", () => note("second"));
    socket.onmessage = () => note("handler");
  }, ["first"]],
  ["stopPropagation stops nobody at the same target and phase", 1, (socket, note) => {
    socket.addEventListener("message", (event) => { note("first"); event.stopPropagation(); });
    socket.addEventListener("message", () => note("second"));
  }, ["first", "second"]],
  ["a passive listener cannot cancel, another can", 1, (socket, note) => {
    socket.addEventListener("message", (event) => { event.preventDefault(); note(event.defaultPrevented); }, { passive: true });
    socket.addEventListener("message", (event) => { event.preventDefault(); note(event.defaultPrevented); });
  }, [false, true]],
  ["a signal that is aborted ends it", 2, (socket, note) => {
    const abort = new AbortController();
    socket.addEventListener("message", () => { note("x"); abort.abort(); }, { signal: abort.signal });
  }, ["x"]],
  ["a signal that was aborted before begins nothing", 1, (socket, note) => {
    socket.addEventListener("message", () => note("x"), { signal: AbortSignal.abort() });
  }, []],
  ["a signal ends its own listening, and not the one that came after", 1, (socket, note) => {
    const [abort, listener] = [new AbortController(), () => note("x")];
    socket.addEventListener("message", listener, { signal: abort.signal });
    socket.removeEventListener("message", listener);
    socket.addEventListener("message", listener);
    abort.abort();
  }, ["x"]],
  ["options may be a function, whose properties count", 2, (socket, note) => {
    socket.addEventListener("message", () => note("x"), Object.assign(() => {}, { once: true }));
  }, ["x"]],
  ["options may be null, undefined or anything that is true", 1, (socket, note) => {
    socket.addEventListener("message", () => note("null"), null);
    socket.addEventListener("message", () => note("undefined"), undefined);
    socket.addEventListener("message", ({ eventPhase }) => note(`1 ${eventPhase}`), 1);
  }, ["1 2", "null", "undefined"]],
  ["a type is made a string", 1, (socket, note) => {
    socket.addEventListener({ toString: () => "message" }, () => note("x"));
  }, ["x"]],
  ["capitals are another type", 1, (socket, note) => socket.addEventListener("Message", () => note("x")), []],
];
const FLAT = "the phases are told apart in a tree only";
const HEARD_ELSEWHERE = {
  "the same in both phases is twice, capturing first": { chromium: [["bubbling", 2, "capturing", 2], FLAT] },
  "options may be null, undefined or anything that is true": { chromium: [["null", "undefined", "1 2"], FLAT] },
  "a signal ends its own listening, and not the one that came after": { chromium: [[], "the signal ends whatever listens by the same function"] },
};
for (const [what, dispatches, listen, expect] of LISTENING) {
  checks[`listening: ${what}`] = { ask: (around) => heardOf(around, dispatches, listen), expect, engines: HEARD_ELSEWHERE[what] };
}
const REFUSED = [
  ["a string for a listener", (socket) => socket.addEventListener("x", "listener")],
  ["a number for a listener", (socket) => socket.addEventListener("x", 1)],
  ["a Symbol for a type", (socket) => socket.addEventListener(Symbol("x"), null)],
  ["a signal that is none", (socket) => socket.addEventListener("x", () => {}, { signal: {} })],
  ["null for a signal", (socket) => socket.addEventListener("x", () => {}, { signal: null })],
  ["a string to be removed", (socket) => socket.removeEventListener("x", "listener")],
  ["nothing to dispatch", (socket) => socket.dispatchEvent()],
  ["null to dispatch", (socket) => socket.dispatchEvent(null)],
  ["what is no event to dispatch", (socket) => socket.dispatchEvent({ type: "x" })],
];
for (const [what, attempt] of REFUSED) {
  checks[`listening refuses ${what}`] = {
    ask: async ({ open, thrown }) => {
      const socket = await open();
      return thrown(() => attempt(socket));
    },
    expect: "TypeError",
  };
}
checks["listening gives nothing back"] = {
  ask: async ({ open }) => {
    const socket = await open();
    return [socket.addEventListener("x", () => {}) === undefined, socket.removeEventListener("x", () => {}) === undefined];
  },
  expect: [true, true],
};
checks["options are read once each, and in their order"] = {
  ask: async ({ open }) => {
    const read = [];
    const options = new Proxy({}, { get: (target, key) => void read.push(key) });
    (await open()).addEventListener("x", () => {}, options);
    return read;
  },
  expect: ["capture", "once", "passive", "signal"],
};
checks["a type is asked for its string once"] = {
  ask: async ({ open }) => {
    let asked = 0;
    (await open()).addEventListener({ toString: () => `${(asked += 1)}` }, () => {});
    return asked;
  },
  expect: 1,
};
checks["a listener that throws is reported, as is one without a handleEvent, and the others hear"] = {
  ask: ({ open }) => hearing(async ({ reported }) => {
    const socket = await open();
    const heard = [];
    socket.addEventListener("message", () => { throw "mine"; });
    socket.addEventListener("message", { handleEvent: 1 });
    socket.addEventListener("message", {});
    socket.addEventListener("message", () => heard.push("last"));
    socket.dispatchEvent(eventOf("message"));
    return [heard, reported.map((error) => (typeof error === "string" ? error : error.constructor.name))];
  }),
  expect: [["last"], ["mine", "TypeError", "TypeError"]],
  engines: { chromium: [[["last"], ["mine"]], "what has no handleEvent is passed over"] },
};
checks["a listener that throws at an event of the connection is reported, and the connection goes on"] = {
  ask: ({ open, echoed, next }) => hearing(async ({ reported }) => {
    const socket = await open();
    socket.onmessage = () => { throw "handler"; };
    socket.addEventListener("message", () => { throw "listener"; });
    const answers = [await echoed(socket, "one"), await echoed(socket, "two")];
    socket.addEventListener("close", () => { throw "close"; });
    socket.close();
    await next(socket, "close");
    return [answers, reported];
  }),
  expect: [["one", "two"], ["handler", "listener", "handler", "listener", "close"]],
};

/** Calls `body` while the errors that are reported to the page are kept from it. */
async function hearing(body) {
  const reported = [];
  const keep = (event) => {
    event.preventDefault();
    reported.push(event.error);
  };
  globalThis.addEventListener("error", keep);
  try {
    return await body({ reported });
  } finally {
    globalThis.removeEventListener("error", keep);
  }
}
