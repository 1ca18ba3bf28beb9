// What does the class look like (Web IDL, applied to WHATWG WebSockets §3.1)?

export const checks = {};

const TYPE_ERROR = "TypeError";

// ── the class itself ──

checks["the class is a function named WebSocket with one required parameter"] = {
  ask: ({ WebSocket }) => [typeof WebSocket, WebSocket.name, WebSocket.length],
  expect: ["function", "WebSocket", 1],
};
checks["its name and length cannot be written, and can be redefined"] = {
  ask: ({ WebSocket }) => ["name", "length"].map((key) => flags(Object.getOwnPropertyDescriptor(WebSocket, key))),
  expect: ["configurable", "configurable"],
};
checks["it inherits from EventTarget, and so does its prototype"] = {
  ask: ({ WebSocket }) => [
    Object.getPrototypeOf(WebSocket) === EventTarget || Object.getPrototypeOf(Object.getPrototypeOf(WebSocket)) === EventTarget,
    WebSocket.prototype instanceof EventTarget,
  ],
  expect: [true, true],
};
checks["nothing stands between it and EventTarget"] = {
  ask: ({ WebSocket }) => Object.getPrototypeOf(WebSocket) === EventTarget,
  expect: true,
  layered: [false, "WebSocket.with makes a subclass of the drop-in"],
};
checks["its prototype property is fixed"] = {
  ask: ({ WebSocket }) => flags(Object.getOwnPropertyDescriptor(WebSocket, "prototype")),
  expect: "",
};
checks["the prototype's constructor leads back, and is not enumerable"] = {
  ask: ({ WebSocket }) => {
    const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, "constructor");
    return [descriptor.value === WebSocket, flags(descriptor)];
  },
  expect: [true, "writable configurable"],
};
checks["toStringTag says WebSocket, and can only be redefined"] = {
  ask: ({ WebSocket }) => {
    const holder = holderOf(WebSocket.prototype, Symbol.toStringTag);
    return [`${WebSocket.prototype}`, flags(Object.getOwnPropertyDescriptor(holder, Symbol.toStringTag))];
  },
  expect: ["[object WebSocket]", "configurable"],
};
checks["a socket is tagged, too"] = {
  ask: ({ make }) => `${make("/ws/echo")}`,
  expect: "[object WebSocket]",
};
checks["called without new it throws"] = {
  ask: ({ WebSocket, thrown }) => [thrown(() => WebSocket("/ws/echo")), thrown(() => WebSocket.call({}, "/ws/echo"))],
  expect: [TYPE_ERROR, TYPE_ERROR],
};
checks["without an address it throws"] = {
  ask: ({ WebSocket, thrown }) => thrown(() => new WebSocket()),
  expect: TYPE_ERROR,
};
checks["the statics that can be listed are the four constants"] = {
  ask: ({ WebSocket }) => enumerated(WebSocket).filter((key) => key !== "captureStackTrace"),
  expect: ["CONNECTING", "OPEN", "CLOSING", "CLOSED"],
};
checks["it has no static but the constants"] = {
  ask: ({ WebSocket }) => Object.getOwnPropertyNames(holderOf(WebSocket, "CONNECTING")).sort(),
  expect: ["CLOSED", "CLOSING", "CONNECTING", "OPEN", "length", "name", "prototype"],
  ours: [["CLOSED", "CLOSING", "CONNECTING", "OPEN", "length", "name", "prototype", "with"], "`with` is ours, and not enumerable"],
};

// ── constants ──

for (const [name, value] of [["CONNECTING", 0], ["OPEN", 1], ["CLOSING", 2], ["CLOSED", 3]]) {
  for (const [place, of] of [["class", (WebSocket) => WebSocket], ["prototype", ({ prototype }) => prototype]]) {
    checks[`${name} is ${value} on the ${place}, enumerable and fixed`] = {
      ask: ({ WebSocket }) => {
        const holder = holderOf(of(WebSocket), name);
        const descriptor = Object.getOwnPropertyDescriptor(holder, name);
        return [of(WebSocket)[name], descriptor.value, flags(descriptor)];
      },
      expect: [value, value, "enumerable"],
    };
    checks[`${name} on the ${place} can be neither set nor deleted`] = {
      ask: ({ WebSocket, thrown }) => {
        const holder = holderOf(of(WebSocket), name);
        return [thrown(() => (holder[name] = 9)), thrown(() => delete holder[name]), holder[name]];
      },
      expect: [TYPE_ERROR, TYPE_ERROR, value],
    };
  }
  checks[`${name} of a socket is ${value}`] = {
    ask: ({ make }) => make("/ws/echo")[name],
    expect: value,
  };
}

// ── attributes ──

const READ_ONLY = ["url", "readyState", "bufferedAmount", "extensions", "protocol"];
const WRITABLE = ["binaryType", "onopen", "onmessage", "onerror", "onclose"];

for (const name of [...READ_ONLY, ...WRITABLE]) {
  const isWritable = WRITABLE.includes(name);
  const accessor = (WebSocket) => Object.getOwnPropertyDescriptor(holderOf(WebSocket.prototype, name), name);
  checks[`${name} is an enumerable accessor of the prototype`] = {
    ask: ({ WebSocket }) => {
      const { get, set } = accessor(WebSocket);
      return [flags(accessor(WebSocket)), typeof get, typeof set];
    },
    expect: ["enumerable configurable", "function", isWritable ? "function" : "undefined"],
  };
  checks[`${name}'s functions are named and counted as Web IDL says`] = {
    ask: ({ WebSocket }) => {
      const { get, set } = accessor(WebSocket);
      return [get.name, get.length, set?.name, set?.length, "prototype" in get];
    },
    expect: [`get ${name}`, 0, isWritable ? `set ${name}` : undefined, isWritable ? 1 : undefined, false],
  };
  checks[`${name} of what is no WebSocket throws`] = {
    ask: ({ WebSocket, thrown }) => [
      thrown(() => WebSocket.prototype[name]),
      thrown(() => accessor(WebSocket).get.call({})),
      thrown(() => accessor(WebSocket).get.call(null)),
      thrown(() => accessor(WebSocket).get.call(Object.create(WebSocket.prototype))),
      thrown(() => accessor(WebSocket).get.call(new EventTarget())),
    ],
    expect: [TYPE_ERROR, TYPE_ERROR, TYPE_ERROR, TYPE_ERROR, TYPE_ERROR],
  };
  checks[`${name} is no property of a socket itself`] = {
    ask: ({ make }) => Object.hasOwn(make("/ws/echo"), name),
    expect: false,
  };
  if (isWritable) {
    checks[`${name} cannot be set on what is no WebSocket`] = {
      ask: ({ WebSocket, thrown }) => [
        thrown(() => (WebSocket.prototype[name] = null)),
        thrown(() => accessor(WebSocket).set.call({}, null)),
        thrown(() => accessor(WebSocket).set.call(null, null)),
        thrown(() => accessor(WebSocket).set.call(new EventTarget(), null)),
      ],
      expect: [TYPE_ERROR, TYPE_ERROR, TYPE_ERROR, TYPE_ERROR],
    };
    checks[`${name}'s setter does without a value`] = {
      ask: ({ WebSocket, make, thrown }) => thrown(() => accessor(WebSocket).set.call(make("/ws/echo"))),
      expect: "nothing",
    };
  } else {
    checks[`${name} cannot be set`] = {
      ask: ({ make, thrown }) => {
        const socket = make("/ws/echo");
        const before = socket[name];
        return [thrown(() => (socket[name] = "other")), Reflect.set(socket, name, "other"), socket[name] === before];
      },
      expect: [TYPE_ERROR, false, true],
    };
  }
}

// ── methods ──

for (const [name, parameters] of [["send", 1], ["close", 0]]) {
  const method = (WebSocket) => Object.getOwnPropertyDescriptor(holderOf(WebSocket.prototype, name), name);
  checks[`${name}() is an enumerable method of the prototype`] = {
    ask: ({ WebSocket }) => [flags(method(WebSocket)), typeof method(WebSocket).value],
    expect: ["writable enumerable configurable", "function"],
  };
  checks[`${name}() is named and counted as Web IDL says, and is no constructor`] = {
    ask: ({ WebSocket, thrown }) => {
      const { value } = method(WebSocket);
      return [value.name, value.length, "prototype" in value, thrown(() => new value())];
    },
    expect: [name, parameters, false, TYPE_ERROR],
  };
  checks[`${name}() of what is no WebSocket throws, whatever it is given`] = {
    ask: ({ WebSocket, thrown }) => {
      const receivers = [{}, null, undefined, 1, new EventTarget(), WebSocket.prototype, Object.create(WebSocket.prototype)];
      return receivers.map((receiver) => thrown(() => method(WebSocket).value.call(receiver, 1)));
    },
    expect: Array(7).fill(TYPE_ERROR),
  };
}
checks["send() without data throws"] = {
  ask: ({ make, thrown }) => thrown(() => make("/ws/echo").send()),
  expect: TYPE_ERROR,
};

// ── what it inherits ──

for (const [name, parameters] of [["addEventListener", 2], ["removeEventListener", 2], ["dispatchEvent", 1]]) {
  checks[`${name}() is enumerable, and counted as EventTarget's`] = {
    ask: ({ WebSocket }) => {
      const holder = holderOf(WebSocket.prototype, name);
      const { value } = Object.getOwnPropertyDescriptor(holder, name);
      return [value.name, value.length, flags(Object.getOwnPropertyDescriptor(holder, name)), "prototype" in value];
    },
    expect: [name, parameters, "writable enumerable configurable", false],
  };
  checks[`${name}() wants its arguments`] = {
    ask: ({ make, thrown }) => {
      const socket = make("/ws/echo");
      return [thrown(() => socket[name]()), parameters > 1 ? thrown(() => socket[name]("open")) : TYPE_ERROR];
    },
    expect: [TYPE_ERROR, TYPE_ERROR],
  };
  checks[`${name}() taken from the class works on any EventTarget`] = {
    ask: ({ WebSocket }) => {
      const target = new EventTarget();
      const heard = [];
      const listener = ({ type }) => heard.push(type);
      WebSocket.prototype.addEventListener.call(target, "x", listener);
      WebSocket.prototype.dispatchEvent.call(target, new Event("x"));
      WebSocket.prototype.removeEventListener.call(target, "x", listener);
      target.dispatchEvent(new Event("x"));
      return heard;
    },
    expect: ["x"],
  };
}
checks["every member is found by for…in, and nothing else"] = {
  ask: ({ make }) => enumerated(make("/ws/echo")).sort(),
  expect: [
    "CLOSED", "CLOSING", "CONNECTING", "OPEN", "addEventListener", "binaryType", "bufferedAmount", "close", "dispatchEvent",
    "extensions", "onclose", "onerror", "onmessage", "onopen", "protocol", "readyState", "removeEventListener", "send", "url",
  ],
  engines: {
    chromium: [[
      "CLOSED", "CLOSING", "CONNECTING", "OPEN", "addEventListener", "binaryType", "bufferedAmount", "close", "dispatchEvent",
      "extensions", "onclose", "onerror", "onmessage", "onopen", "protocol", "readyState", "removeEventListener", "send", "url", "when",
    ], "EventTarget.when, of the Observable proposal"],
  },
};
checks["a socket has no properties of its own"] = {
  ask: ({ make }) => Reflect.ownKeys(make("/ws/echo")).length,
  expect: 0,
};
checks["a socket takes properties of a user's"] = {
  ask: ({ make }) => {
    const socket = make("/ws/echo");
    socket.mine = 1;
    return [socket.mine, Object.keys(socket)];
  },
  expect: [1, ["mine"]],
};
checks["the prototype has the standard's members and no others"] = {
  ask: ({ WebSocket }) => Object.getOwnPropertyNames(holderOf(WebSocket.prototype, "url")).sort(),
  expect: [
    "CLOSED", "CLOSING", "CONNECTING", "OPEN", "binaryType", "bufferedAmount", "close", "constructor", "extensions", "onclose",
    "onerror", "onmessage", "onopen", "protocol", "readyState", "send", "url",
  ],
  ours: [[
    "CLOSED", "CLOSING", "CONNECTING", "OPEN", "addEventListener", "binaryType", "bufferedAmount", "close", "constructor",
    "extensions", "onclose", "onerror", "onmessage", "onopen", "protocol", "readyState", "removeEventListener", "send", "url",
  ], "who listens keeps a socket alive, so it counts listeners; see life.js"],
};

// ── as a class of the language ──

checks["a subclass is its own class, with everything inherited"] = {
  ask: async ({ WebSocket, next }) => {
    class Own extends WebSocket {
      answer = 42;
      get doubled() { return this.answer * 2; }
      send(data) { super.send(`own ${data}`); }
    }
    const socket = new Own("/ws/echo");
    await next(socket, "open");
    socket.send("words");
    const { data } = await next(socket, "message");
    socket.close();
    return [socket instanceof Own, socket instanceof WebSocket, Own.OPEN, socket.OPEN, socket.doubled, data, `${socket}`, Own.name];
  },
  expect: [true, true, 1, 1, 84, "own words", "[object WebSocket]", "Own"],
};
checks["an accessor of a subclass stands before the class's"] = {
  ask: ({ WebSocket }) => {
    class Own extends WebSocket {
      get url() { return `mine: ${super.url.slice(0, 5)}`; }
    }
    const socket = new Own("/ws/echo");
    socket.close();
    return socket.url;
  },
  expect: "mine: ws://",
};
checks["Reflect.construct takes the prototype of new.target"] = {
  ask: ({ WebSocket }) => {
    class Other extends EventTarget {}
    const socket = Reflect.construct(WebSocket, ["/ws/echo"], Other);
    const { get } = Object.getOwnPropertyDescriptor(holderOf(WebSocket.prototype, "readyState"), "readyState");
    Object.getOwnPropertyDescriptor(holderOf(WebSocket.prototype, "close"), "close").value.call(socket);
    return [socket instanceof Other, socket instanceof WebSocket, get.call(socket)];
  },
  expect: [true, false, 2],
};
checks["a socket is one of the browser's own class"] = {
  ask: ({ make }) => make("/ws/echo") instanceof globalThis.WebSocket,
  expect: true,
  ours: [false, "a class of JavaScript's own cannot be it, or its sockets would have no events of ours"],
};
checks["a bound class makes sockets of the class"] = {
  ask: ({ WebSocket }) => {
    const socket = new (WebSocket.bind(null))("/ws/echo");
    socket.close();
    return socket instanceof WebSocket;
  },
  expect: true,
};
checks["a Proxy of a socket is no socket"] = {
  ask: ({ make, thrown }) => {
    const proxy = new Proxy(make("/ws/echo"), {});
    return [thrown(() => proxy.readyState), thrown(() => proxy.close())];
  },
  expect: [TYPE_ERROR, TYPE_ERROR],
};
checks["a socket cannot be cloned"] = {
  ask: ({ make, thrown }) => thrown(() => structuredClone(make("/ws/echo"))),
  expect: "DOMException DataCloneError",
};
checks["a socket as JSON is an empty object"] = {
  ask: ({ make }) => JSON.stringify(make("/ws/echo")),
  expect: "{}",
};

function enumerated(object) {
  const keys = [];
  for (const key in object) keys.push(key);
  return keys;
}

/** Whose own property this is: a class made by `WebSocket.with` inherits its members from the drop-in. */
function holderOf(object, key) {
  let holder = object;
  while (!Object.hasOwn(holder, key)) holder = Object.getPrototypeOf(holder);
  return holder;
}

function flags(descriptor) {
  return ["writable", "enumerable", "configurable"].filter((flag) => descriptor[flag]).join(" ");
}
