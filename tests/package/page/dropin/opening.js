// What does the constructor take, and what does it refuse (WHATWG WebSockets §3.1, "new WebSocket(url, protocols)")?

export const checks = {};

const SYNTAX_ERROR = "DOMException SyntaxError";

/** As if this page were on HOST. */
const seen = (url) => url.replaceAll(location.host, "HOST");
const there = (url) => url.replace(/\bHOST\b/, location.host).replace("HO\tST", location.host.replace(".", ".\t"));

// ── addresses ──

const echo = "ws://HOST/ws/echo";
/** Every connection leads to this machine, and is given up at once. */
const ADDRESSES = [
  ["a whole one", "ws://HOST/ws/echo", echo],
  ["a path", "/ws/echo", echo],
  ["a path beside the page's", "echo", "ws://HOST/dropin/echo"],
  ["one above", "../ws/echo", echo],
  ["dots in the middle", "ws://HOST/ws/x/./../echo", echo],
  ["dots that are escaped", "ws://HOST/ws/x/%2e%2E/echo", echo],
  ["above the root", "/../../ws/echo", echo],
  ["nothing but a query", "?a=b", /^ws:\/\/HOST\/dropin\/(index\.html|main\.js)\?a=b$/],
  ["the empty string", "", /^ws:\/\/HOST\/dropin\/(index\.html|main\.js)$/],
  ["no scheme", "//HOST/ws/echo", echo],
  ["http:", "http://HOST/ws/echo", echo],
  ["https:", "https://HOST/ws/echo", "wss://HOST/ws/echo"],
  ["HTTP: in capitals", "HTTP://HOST/ws/echo", echo],
  ["wss:", "wss://HOST/ws/echo", "wss://HOST/ws/echo"],
  ["WS: in capitals", "WS://HOST/ws/echo", echo],
  ["a path in capitals", "ws://HOST/WS/Echo", "ws://HOST/WS/Echo"],
  ["one slash", "ws:/HOST/ws/echo", echo],
  ["three slashes", "ws:///HOST/ws/echo", echo],
  ["backslashes", "ws:\\\\HOST\\ws\\echo", echo],
  ["space around it", " \n ws://HOST/ws/echo\t ", echo],
  ["tabs and line ends in it", "ws://HO\tST/w\ns/ec\rho", echo],
  ["no path", "ws://HOST", "ws://HOST/"],
  ["a query", "ws://HOST/ws/echo?a=b&c", "ws://HOST/ws/echo?a=b&c"],
  ["an empty query", "ws://HOST/ws/echo?", "ws://HOST/ws/echo?"],
  ["a space in the path", "ws://HOST/ws/e cho", "ws://HOST/ws/e%20cho"],
  ["a space in the query", "ws://HOST/ws/echo?a b", "ws://HOST/ws/echo?a%20b"],
  ["beyond ASCII", "ws://HOST/ä?ö=😀", "ws://HOST/%C3%A4?%C3%B6=%F0%9F%98%80"],
  ["half a surrogate pair", "ws://HOST/\uD800?\uDC00", "ws://HOST/%EF%BF%BD?%EF%BF%BD"],
  ["escapes, as they are", "ws://HOST/%41%zz?%42", "ws://HOST/%41%zz?%42"],
  ["an apostrophe in the query", "ws://HOST/ws/echo?'", "ws://HOST/ws/echo?%27"],
  ["user and password", "ws://user:p%40ss@HOST/ws/echo", "ws://user:p%40ss@HOST/ws/echo"],
  ["a user alone", "ws://user@HOST/ws/echo", "ws://user@HOST/ws/echo"],
  ["the default port of ws:", "ws://127.0.0.1:80/", "ws://127.0.0.1/"],
  ["the default port of wss:", "wss://127.0.0.1:443/", "wss://127.0.0.1/"],
  ["the other's default port", "ws://127.0.0.1:443/", "ws://127.0.0.1:443/"],
  ["http: with its default port", "http://127.0.0.1:80/", "ws://127.0.0.1/"],
  ["an empty port", "ws://127.0.0.1:/", "ws://127.0.0.1/"],
  ["a port with noughts", "ws://127.0.0.1:00080/", "ws://127.0.0.1/"],
  ["a host in capitals", "ws://LOCALHOST/", "ws://localhost/"],
  ["a host that is escaped", "ws://%6c%6Fcalhost/", "ws://localhost/"],
  ["a host beyond ASCII", "ws://FAß.localhost/", "ws://xn--fa-hia.localhost/"],
  ["a short IPv4 address", "ws://127.1/", "ws://127.0.0.1/"],
  ["an IPv4 address in hex", "ws://0x7F000001/", "ws://127.0.0.1/"],
  ["an IPv6 address", "ws://[0:0::0001]/", "ws://[::1]/"],
];
for (const [what, given, expect] of ADDRESSES) {
  checks[`an address is taken: ${what}`] = {
    ask: ({ make, thrown }) => {
      let socket;
      const error = thrown(() => (socket = make(there(given))));
      if (error !== "nothing") return error;
      const url = seen(socket.url);
      return expect instanceof RegExp ? expect.test(url) : url;
    },
    expect: expect instanceof RegExp ? true : expect,
    engines: given === "" ? { firefox: [SYNTAX_ERROR, "the empty string is no address to it"] } : undefined,
    layered: given === "" ? [true, "layers resolve an address by themselves"] : undefined,
  };
}

const NO_ADDRESSES = [
  "ws:", "ws://", "ws:///", "wss://?", "http://", "ws://a b/", "ws://a<b/", "ws://[::1/", "ws://[::g]/", "ws://::1/", "ws://%/",
  "ws://a%00b/", "ws://127.0.0.1:65536/", "ws://127.0.0.1:x/", "ws://127.0.0.1:-1/", "ws://256.0.0.1/", "ws://1.2.3.4.5/",
  "ws://xn--/", "ftp://127.0.0.1/", "mailto:somebody", "about:blank", "javascript:0", "data:,x", "file:///", "blob:ws://x",
  "unknown://127.0.0.1/", "ws://127.0.0.1/#fragment", "ws://127.0.0.1/#", "/ws/echo#x", "#", "#x",
];
const TAKEN = {
  "ws://a b/": { chromium: ["nothing", "a space in a host is escaped"] },
  "ws://xn--/": { chromium: ["nothing", "not looked at before the name is looked up"] },
};
for (const given of NO_ADDRESSES) {
  checks[`no address: ${given}`] = {
    ask: ({ make, thrown }) => thrown(() => make(given)),
    expect: SYNTAX_ERROR,
    engines: TAKEN[given],
  };
}

const CONVERTED = [
  ["undefined", () => undefined, "ws://HOST/dropin/undefined"],
  ["null", () => null, "ws://HOST/dropin/null"],
  ["a number", () => 42, "ws://HOST/dropin/42"],
  ["true", () => true, "ws://HOST/dropin/true"],
  ["a bigint", () => 7n, "ws://HOST/dropin/7"],
  ["an array", () => ["/ws", "echo"], "ws://HOST/ws,echo"],
  ["a URL", () => new URL("/ws/echo", location.href), echo],
  ["an object that can say what it is", () => ({ toString: () => "/ws/echo" }), echo],
  ["an object that can tell its value", () => ({ valueOf: () => "/no", toString: undefined }), "ws://HOST/no"],
  ["a String", () => new String("/ws/echo"), echo],
];
for (const [what, given, expect] of CONVERTED) {
  checks[`an address may be ${what}`] = { ask: ({ make }) => seen(make(given()).url), expect };
}
checks["an address may be no Symbol"] = {
  ask: ({ WebSocket, thrown }) => thrown(() => new WebSocket(Symbol("x"))),
  expect: "TypeError",
};
checks["what an address throws when it is asked goes on as it is"] = {
  ask: ({ WebSocket, thrown }) => thrown(() => new WebSocket({ toString() { throw "mine"; } })),
  expect: "mine",
};
checks["arguments are converted in their order, each once, and too many do no harm"] = {
  ask: ({ make }) => {
    const order = [];
    const say = (name, value) => ({ toString: () => (order.push(name), value) });
    make(say("url", "/ws/echo"), [say("first", "a"), say("second", "b")], say("third", "c"));
    return order;
  },
  expect: ["url", "first", "second"],
};
checks["everything is converted before anything is refused"] = {
  ask: ({ WebSocket, thrown }) => thrown(() => new WebSocket("no address: ws://", [Symbol("x")])),
  expect: "TypeError",
};
checks["a new socket is connecting, and has negotiated nothing"] = {
  ask: ({ make }) => {
    const { readyState, bufferedAmount, protocol, extensions, binaryType, onopen, onmessage, onerror, onclose } = make("/ws/echo");
    return [readyState, bufferedAmount, protocol, extensions, binaryType, onopen, onmessage, onerror, onclose];
  },
  expect: [0, 0, "", "", "blob", null, null, null, null],
};
checks["the address is the same while it connects, when it is open and when it is closed"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/x/../echo?a b");
    const urls = [seen(socket.url)];
    await next(socket, "open");
    urls.push(seen(socket.url));
    socket.close();
    urls.push(seen(socket.url));
    await next(socket, "close");
    return [...urls, seen(socket.url)];
  },
  expect: Array(4).fill("ws://HOST/ws/echo?a%20b"),
};

// ── subprotocols ──

const NO_TOKENS = [
  "", " ", "a b", " a", "a ", "a\tb", "a\nb", "\u0000", "a\u0000b", "\u001f", "\u007f", "\u0080", "\u00a0", "é", "☃", "😀", "\ud800", "\uff41",
  ...'()<>@,;:\\"/[]?={}',
];
for (const given of NO_TOKENS) {
  checks[`no subprotocol: ${JSON.stringify(given)}`] = {
    ask: ({ WebSocket, thrown }) => [
      thrown(() => new WebSocket("/ws/echo", given)),
      thrown(() => new WebSocket("/ws/echo", [given])),
      thrown(() => new WebSocket("/ws/echo", ["soap", given])),
    ],
    expect: [SYNTAX_ERROR, SYNTAX_ERROR, SYNTAX_ERROR],
  };
}
const NO_OFFERS = [
  ["the same twice", () => ["soap", "soap"]],
  ["the same twice, with one between", () => ["soap", "wamp", "soap"]],
  ["the same twice, said in two ways", () => ["1", 1]],
  ["an object that is no list", () => ({})],
  ["an object with a length, which is no list", () => ({ length: 1, 0: "soap" })],
  ["a function", () => () => {}],
  ["a list in a list of two", () => [["soap", "wamp"]]],
];
for (const [what, given] of NO_OFFERS) {
  checks[`no offer: ${what}`] = {
    ask: ({ WebSocket, thrown }) => thrown(() => new WebSocket("/ws/echo", given())),
    expect: SYNTAX_ERROR,
  };
}
const OFFERS = [
  ["nothing", () => undefined, []],
  ["an empty list", () => [], []],
  ["one as a string", () => "soap", ["soap"]],
  ["one in a list", () => ["soap"], ["soap"]],
  ["two, in their order", () => ["wamp", "soap"], ["wamp", "soap"]],
  ["two that differ in case alone", () => ["soap", "SOAP"], ["soap", "SOAP"]],
  ["every character of a token", () => ["soap", "!#$%&'*+-.^_`|~09AZaz"], ["soap", "!#$%&'*+-.^_`|~09AZaz"]],
  ["null, which is the string", () => [null, "soap"], ["null", "soap"]],
  ["undefined in a list", () => [undefined, "soap"], ["undefined", "soap"]],
  ["numbers", () => [1, 2.5, "soap"], ["1", "2.5", "soap"]],
  ["a list in a list", () => [["soap"]], ["soap"]],
  ["a Set", () => new Set(["soap", "wamp"]), ["soap", "wamp"]],
  ["a generator", () => (function* () { yield "soap"; yield "wamp"; })(), ["soap", "wamp"]],
  ["a String, which is a list of its characters", () => new String("soap"), ["s", "o", "a", "p"]],
  ["something with an iterator of its own", () => ({ *[Symbol.iterator]() { yield "soap"; } }), ["soap"]],
  ["something that can say what it is", () => ({ toString: () => "soap" }), ["soap"]],
  ["something whose iterator is null", () => ({ [Symbol.iterator]: null, toString: () => "soap" }), ["soap"]],
];
for (const [what, given, expect] of OFFERS) {
  checks[`an offer: ${what}`] = {
    ask: async ({ make, next, thrown }) => {
      let socket;
      const path = what.startsWith("a String") ? "/ws/protocol?protocol=s" : "/ws/protocol";
      const error = thrown(() => (socket = make(path, given())));
      if (error !== "nothing") return error;
      const told = await Promise.race([next(socket, "message"), next(socket, "close")]);
      return told.type === "message" ? JSON.parse(told.data).offered : told.type;
    },
    expect,
    engines: what.endsWith("is null") ? { firefox: ["TypeError", "an iterator that is null is none to the standard, and a broken one to it"] } : undefined,
    layered: [expect, "layers read the list by themselves"],
  };
}
const BROKEN_OFFERS = [
  ["a Symbol", () => Symbol("x"), "TypeError"],
  ["a list with a Symbol", () => ["soap", Symbol("x")], "TypeError"],
  ["something whose iterator is no function", () => ({ [Symbol.iterator]: 1 }), "TypeError"],
  ["something whose iterator gives no object", () => ({ [Symbol.iterator]: () => ({ next: () => 1 }) }), "TypeError"],
  ["something whose iterator throws", () => ({ [Symbol.iterator]() { throw "mine"; } }), "mine"],
  ["something that throws at its second", () => (function* () { yield "soap"; throw "mine"; })(), "mine"],
  ["a list with something that throws", () => [{ toString() { throw "mine"; } }], "mine"],
  ["an object that is no string at all", () => Object.create(null), "TypeError"],
];
for (const [what, given, expect] of BROKEN_OFFERS) {
  checks[`an offer that cannot be read: ${what}`] = {
    ask: ({ WebSocket, thrown }) => thrown(() => new WebSocket("/ws/echo", given())),
    expect,
  };
}
checks["null for the subprotocols is the subprotocol null"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/protocol?protocol=null", null);
    return [JSON.parse((await next(socket, "message")).data).offered, socket.protocol];
  },
  expect: [["null"], "null"],
};
checks["the subprotocol is there when it opens, and stays after the close"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/protocol", ["wamp", "soap"]);
    const seen = [socket.protocol];
    socket.onopen = () => seen.push(socket.protocol);
    await next(socket, "open");
    socket.close();
    seen.push(socket.protocol);
    await next(socket, "close");
    return [...seen, socket.protocol];
  },
  expect: ["", "wamp", "wamp", "wamp"],
};
checks["the extensions are there when it opens, and stay after the close"] = {
  ask: async ({ make, next }) => {
    const socket = make("/ws/echo");
    const seen = [socket.extensions];
    socket.onopen = () => seen.push(socket.extensions.split(";")[0]);
    await next(socket, "open");
    socket.close();
    await next(socket, "close");
    return [...seen, socket.extensions.split(";")[0]];
  },
  expect: ["", "permessage-deflate", "permessage-deflate"],
};
checks["without an extension there is none"] = {
  ask: async ({ open }) => (await open("/ws/echo?deflate=off")).extensions,
  expect: "",
};
