// What do the events carry, and in which order and tasks do they come (WHATWG WebSockets §4, DOM §2)?

export const checks = {};

const NOT_TRUSTED = "an event that a script made is none of the browser's own, and says so";

/** By class: how the first event of each kind looked when it was told, in one session that is opened, echoes, closes, and one
 *  that is refused. Held once, since Firefox makes wait longer the more connections have failed. */
const sessions = new Map();

function session(around) {
  const { WebSocket } = around;
  if (!sessions.has(WebSocket)) sessions.set(WebSocket, hold(around));
  return sessions.get(WebSocket);
}

async function hold({ make, next, fresh }) {
  const looks = {};
  const keep = (socket) => (event) => {
    if (event.type in looks) return;
    looks[event.type] = Object.fromEntries(LOOKS.map(([what, look]) => [what, look(event, socket)]));
  };
  const socket = make("/ws/echo");
  for (const type of ["open", "message", "close"]) socket.addEventListener(type, keep(socket));
  await next(socket, "open");
  socket.send("text");
  await next(socket, "message");
  socket.close(3001, "why");
  await next(socket, "close");
  const refused = make(fresh("/ws/fault/refuse"));
  refused.addEventListener("error", keep(refused));
  await next(refused, "close");
  return ["open", "message", "error", "close"].map((type) => looks[type]);
}
const all = (answer) => Array(4).fill(answer);

// ── of every event ──

const LOOKS = [
  ["its class", (event) => Object.prototype.toString.call(event), ["[object Event]", "[object MessageEvent]", "[object Event]", "[object CloseEvent]"]],
  ["it is exactly that class", (event) => [Event, MessageEvent, Event, CloseEvent].indexOf(event.constructor) >= 0, all(true)],
  ["its type", ({ type }) => type, ["open", "message", "error", "close"]],
  ["it does not bubble", ({ bubbles }) => bubbles, all(false)],
  ["it cannot be cancelled", (event) => (event.preventDefault(), [event.cancelable, event.defaultPrevented, event.returnValue]), all([false, false, true])],
  ["it is not composed", ({ composed }) => composed, all(false)],
  ["its target is the socket, by every name", (event, socket) => [event.target, event.currentTarget, event.srcElement].every((named) => named === socket), all(true)],
  ["its phase is at the target", ({ eventPhase }) => eventPhase, all(2)],
  ["its path is the socket", (event, socket) => [event.composedPath().length, event.composedPath()[0] === socket], all([1, true])],
  ["its time is a moment ago", ({ timeStamp }) => timeStamp > 0 && timeStamp <= performance.now() + 1, all(true)],
  ["it says nothing but what its class says", (event) => ["message", "error", "code", "data"].filter((member) => member in event), [[], ["data"], [], ["code"]]],
  ["it has no members of its own", (event) => Object.keys(event).filter((key) => key !== "isTrusted"), all([])],
  ["it is the browser's", ({ isTrusted }) => isTrusted, all(true), [all(false), NOT_TRUSTED]],
];
for (const [what, , expect, ours] of LOOKS) {
  checks[`of every event: ${what}`] = { ask: async (around) => (await session(around)).map((look) => look[what]), expect, ours };
}
checks["after it is told, an event has no current target and no path"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const closed = next(socket, "close");
    socket.close();
    const event = await closed;
    await Promise.resolve();
    return new Promise((resolve) => setTimeout(() => resolve([event.target === socket, event.currentTarget, event.eventPhase, event.composedPath().length])));
  },
  expect: [true, null, 0, 0],
};

// ── of a message, of a close, of an error ──

checks["a message carries where it is from, and no more than its data"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const heard = next(socket, "message");
    socket.send("text");
    const event = await heard;
    const { data, origin, lastEventId, source, ports } = event;
    return [data, origin === `ws://${location.host}`, lastEventId, source, Array.isArray(ports), ports.length, event.ports === ports];
  },
  expect: ["text", true, "", null, true, 0, true],
};
checks["where it is from has no user, path or query"] = {
  ask: async ({ make, next }) => {
    const socket = make(`ws://user:word@${location.host}/ws/echo?watch=x`);
    await next(socket, "open");
    socket.send("text");
    return (await next(socket, "message")).origin === `ws://${location.host}`;
  },
  expect: true,
};
checks["a message's data is the same each time it is read"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    const heard = next(socket, "message");
    socket.send(new Uint8Array(2));
    const event = await heard;
    return event.data === event.data;
  },
  expect: true,
};
checks["a close carries code, reason and whether it was clean, in their types"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    socket.close(3001, "why");
    const { code, reason, wasClean } = await next(socket, "close");
    return [code, reason, wasClean];
  },
  expect: [3001, "why", true],
};

// ── the order, and what is true meanwhile ──

checks["the states change with the events, not before"] = {
  ask: async ({ make, next, turn }) => {
    const socket = make("/ws/echo");
    const states = [socket.readyState];
    const note = ({ type }) => states.push(`${type} ${socket.readyState}`);
    for (const type of ["open", "close"]) socket.addEventListener(type, note);
    for (let last = 0; socket.readyState !== 1; last = socket.readyState) {
      if (socket.readyState !== last) states.push(socket.readyState);
      await turn();
    }
    socket.close();
    states.push(socket.readyState);
    while (socket.readyState !== 3) await turn();
    return [...states, socket.readyState];
  },
  expect: [0, "open 1", 2, "close 3", 3],
};
checks["a connection that fails tells an error, what that settles, and then a close, both when it is closed, and no more"] = {
  ask: async ({ make, next, turn, fresh }) => {
    const socket = make(fresh("/ws/fault/refuse"));
    const heard = [];
    for (const type of ["open", "message", "error", "close"]) {
      socket.addEventListener(type, () => {
        heard.push(`${type} ${socket.readyState}`);
        queueMicrotask(() => heard.push("microtask"));
      });
    }
    await next(socket, "close");
    await turn();
    return heard;
  },
  expect: ["error 3", "microtask", "close 3", "microtask"],
  layered: [["error 3", "close 3", "microtask", "microtask"], "with layers, all news of one moment are told in one go"],
};
checks["a promise that a message settles is told before the next message"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/fault/flood?count=20&size=4&kind=text");
    const heard = [];
    socket.addEventListener("message", () => {
      heard.push("message");
      queueMicrotask(() => heard.push("microtask"));
    });
    await next(socket, "close");
    return heard.every((word, at) => word === (at % 2 === 0 ? "message" : "microtask")) && heard.length === 40;
  },
  expect: true,
};
checks["between two listeners of one event, microtasks run"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/echo");
    const heard = [];
    socket.addEventListener("open", () => {
      heard.push("first");
      queueMicrotask(() => heard.push("microtask"));
    });
    socket.addEventListener("open", () => heard.push("second"));
    await next(socket, "open");
    return heard;
  },
  expect: ["first", "microtask", "second"],
  ours: [["first", "second", "microtask"], "the script that dispatches the event has not ended yet"],
};
checks["nothing is told while the script that made the socket runs"] = {
  ask: async ({ make, next }) => {
    const heard = [];
    const socket = make("/ws/echo");
    const until = performance.now() + 100; // the clock is the fact: time in which it could have opened
    while (performance.now() < until);
    socket.onopen = () => heard.push("open");
    await Promise.resolve();
    const early = heard.length;
    await next(socket, "open");
    return [early, heard];
  },
  expect: [0, ["open"]],
};
checks["a message that arrives with the handshake is not told before open"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/fault/flood?count=2&size=4&kind=text");
    const heard = [];
    for (const type of ["open", "message", "close"]) socket.addEventListener(type, () => heard.push(type));
    await next(socket, "close");
    return heard;
  },
  expect: ["open", "message", "message", "close"],
};
checks["what arrives after close() is not told"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    let heard = 0;
    socket.addEventListener("message", () => (heard += 1));
    for (let sent = 0; sent < 20; sent += 1) socket.send(`${sent}`);
    socket.close();
    await next(socket, "close");
    return heard;
  },
  expect: 0,
};
checks["two sockets are told apart"] = {
  ask: async ({ open, next }) => {
    const [one, two] = [await open(), await open()];
    const heard = [];
    one.onmessage = ({ data, target }) => heard.push([data, target === one]);
    two.onmessage = ({ data, target }) => heard.push([data, target === two]);
    one.send("one");
    await next(one, "message");
    two.send("two");
    await next(two, "message");
    one.close();
    await next(one, "close");
    two.send("still");
    await next(two, "message");
    return heard;
  },
  expect: [["one", true], ["two", true], ["still", true]],
};

// ── events that a script dispatches ──

checks["a script may dispatch what it likes, and nothing but listeners is touched"] = {
  ask: ({ make }) => {
    const socket = make("/ws/echo");
    const heard = [];
    socket.onopen = ({ isTrusted }) => heard.push(`open ${isTrusted}`);
    socket.onclose = ({ code }) => heard.push(`close ${code}`);
    socket.addEventListener("mine", ({ detail }) => heard.push(`mine ${detail}`));
    const went = [
      socket.dispatchEvent(new Event("open")),
      socket.dispatchEvent(new CloseEvent("close", { code: 7 })),
      socket.dispatchEvent(new CustomEvent("mine", { detail: 1 })),
    ];
    return [went, heard, socket.readyState];
  },
  expect: [[true, true, true], ["open false", "close 7", "mine 1"], 0],
};
checks["an event that is being told cannot be dispatched again, and later it can"] = {
  ask: async ({ make, next, thrown }) => {
    const socket = make("/ws/echo");
    let again;
    socket.addEventListener("open", (event) => (again ??= thrown(() => socket.dispatchEvent(event))), { once: true });
    const event = await next(socket, "open");
    await new Promise((resolve) => setTimeout(resolve));
    let heard;
    socket.addEventListener("open", ({ isTrusted }) => (heard = isTrusted));
    return [again, socket.dispatchEvent(event), heard];
  },
  expect: ["DOMException InvalidStateError", true, false],
};
