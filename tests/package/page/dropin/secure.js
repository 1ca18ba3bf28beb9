// What does a page that came over https: reach (Fetch §"should fetching a request be blocked as mixed content")?

export const checks = {};

/** What becomes of a socket to this address: what is thrown, or the events. */
async function attempt({ make, next, thrown }, url) {
  const heard = [];
  let socket;
  const error = thrown(() => (socket = make(url)));
  if (error !== "nothing") return error;
  for (const type of ["open", "error", "close"]) socket.addEventListener(type, () => heard.push(type));
  await Promise.race([next(socket, "open"), next(socket, "close")]);
  return heard;
}

const THROWN = "it throws at once, as the standard once said";
const UNHEARD = { webkit: "WebKitGTK tells nothing, as with a port that is blocked: no event within 20 s" };
const TOLD = "with layers, what the browser refuses at an attempt is that attempt's failure";

checks["a socket without TLS to another host is blocked"] = {
  ask: (around) => attempt(around, "ws://everwire.invalid/"), // a name that is never looked up
  expect: ["error", "close"],
  engines: { chromium: ["DOMException SecurityError", THROWN], firefox: ["DOMException SecurityError", THROWN] },
  layered: [["error", "close"], TOLD],
  unasked: UNHEARD,
};
checks["http: is such an address, too"] = {
  ask: (around) => attempt(around, "http://everwire.invalid/"),
  expect: ["error", "close"],
  engines: { chromium: ["DOMException SecurityError", THROWN], firefox: ["DOMException SecurityError", THROWN] },
  layered: [["error", "close"], TOLD],
  unasked: UNHEARD,
};
checks["a relative address is one with TLS"] = {
  ask: async (around) => [await attempt(around, "/ws/echo"), around.make("/ws/echo").url.replace(location.host, "HOST")],
  expect: [["open"], "wss://HOST/ws/echo"],
};
checks["over TLS messages have its origin"] = {
  ask: async ({ open, next }) => {
    const socket = await open();
    socket.send("x");
    return (await next(socket, "message")).origin === `wss://${location.host}`;
  },
  expect: true,
};
