// In which sessions might a token show?
//
// Each runs in the page, so it stands on its own. It answers with all that a witness saw, with the secrets that must not be
// in it, and with what must be, or it was another session.

const CARRIERS = {
  protocol: { protocols: "soap" },
  query: {},
  message: {},
};

/** One per carrier. */
const each = (title, session) =>
  Object.entries(CARRIERS).map(([via, options]) => [
    `${via}: ${title}`,
    `async (address) => (${session})(${JSON.stringify(via)}, ${JSON.stringify(options)}, address)`,
  ]);

export const SESSIONS = Object.fromEntries([
  ...each("let in, and again", async (via, options) => {
    const { lines, see, trace } = witness();
    const secrets = [];
    const token = async () => {
      const { value } = await issued();
      secrets.push(value);
      return value;
    };
    const client = see(new everwire.Client(`/ws/token?via=${via}`, { trace, auth: { via, token }, ...options }));
    await client.opened;
    await echoOf(client, "hello");
    client.reconnect();
    await next(client, "open");
    await client.close();
    return { lines, secrets, wanted: ["trace: ", "open: ", "down: ", "close: ", "hello"] };
  }),

  ...each("a stranger's handshake is refused", async (via, options) => {
    const { lines, see, trace } = witness();
    const secrets = ["the stranger's token/ü?&="];
    const auth = { via, token: () => secrets[0] };
    const reconnect = { ...quick, attempts: 2 };
    await see(new everwire.Client(`/ws/token?via=${via}`, { trace, auth, reconnect, ...options })).closed;
    return { lines, secrets, wanted: [via === "message" ? "refused/sign-in" : "unavailable/attempts", "opened: "] };
  }),

  ...each("a stranger is closed upon", async (via, options) => {
    const { lines, see, trace } = witness();
    const secrets = ["the stranger's token/ü?&="];
    const auth = { via, token: () => secrets[0] };
    const refuse = via === "message" ? "" : "&refuse=close";
    const client = see(new everwire.Client(`/ws/token?via=${via}${refuse}`, { trace, auth, reconnect: quick, ...options }));
    await client.closed;
    return { lines, secrets, wanted: ["refused/sign-in", "close: "] };
  }),

  ...each("nobody is there", async (via, options) => {
    const { lines, see, trace } = witness();
    const secrets = ["a token for nobody/ü?&="];
    const auth = { via, token: () => secrets[0], timeout: 300 };
    const path = via === "message" ? "/ws/fault/silent" : "/ws/fault/refuse";
    await see(new everwire.Client(path, { trace, auth, reconnect: { ...quick, attempts: 1 }, ...options })).closed;
    return { lines, secrets, wanted: [via === "message" ? "unavailable/reply-timeout" : "unavailable/connect", "unavailable/attempts"] };
  }),

  ...each("a provider that gives something else", async (via, options) => {
    const { lines, see, trace } = witness();
    const secrets = ["a token in the wrong place/ü?&="];
    for (const answer of [{ token: secrets[0] }, [secrets[0]], { value: [secrets[0]] }, { value: secrets[0], expiresAt: secrets[0] }]) {
      const auth = { via, token: () => answer };
      await see(new everwire.Client("/ws/echo", { trace, auth, reconnect: false, ...options })).closed;
    }
    return { lines, secrets, wanted: ["misuse/token", "auth.token.expiresAt must be"] };
  }),

  ...each("a class of sockets that says in its errors what it was given", async (via, options) => {
    const { lines, see, trace } = witness();
    const secrets = ["a class's token/ü?&="];
    const token = () => secrets[0];
    class Talkative {
      constructor(url, protocols) {
        if (!this.isQuiet) throw new DOMException(`cannot open ${url} as ${protocols}, ${JSON.stringify(protocols)}`, "SecurityError");
        queueMicrotask(() => this.onopen(new Event("open")));
      }
      bufferedAmount = 0;
      extensions = "";
      protocol = "";
      send(data) {
        throw new Error(`cannot send ${data}`);
      }
      close() {}
    }
    class Quiet extends Talkative {
      get isQuiet() {
        return true;
      }
    }
    for (const WebSocket of [Talkative, Quiet]) {
      const settings = { WebSocket, trace, auth: { via, token, timeout: 100 }, reconnect: { ...quick, attempts: 1 }, closeTimeout: 100 };
      const client = see(new everwire.Client("/ws/echo?a=b", { ...settings, ...options }));
      client.send("hello");
      await Promise.race([client.closed, client.opened.catch(() => {})]);
      await client.close();
    }
    return { lines, secrets, wanted: ["could not connect", "cannot open"] };
  }),

  ...each("a mistake in the address", async (via, options) => {
    const { lines, seeMade } = witness();
    const secrets = ["secret-in-the-address"];
    const token = () => "t";
    for (const url of [
      `ws://user:${secrets[0]}@example.invalid/?t=${secrets[0]}`,
      `wss://example.invalid/#${secrets[0]}`,
      `wss://user:${secrets[0]}@exa<mple/`,
      `wss://[/?t=${secrets[0]}`,
      `ftp://user:${secrets[0]}@example.invalid/`,
    ]) {
      seeMade(() => new everwire.Client(url, { auth: { via, token }, ...options }));
    }
    return { lines, secrets, wanted: ["misuse/insecure", "misuse/url"] };
  }),

  ...each("the drop-in class with layers", async (via, options) => {
    const { lines, see, trace } = witness();
    const { value } = await issued();
    const secrets = [value, "a token that nobody issued/ü?&="];
    const token = ({ attempt, reason }) => (reason === "first" && attempt === 0 ? secrets[1] : value);
    const refuse = via === "message" ? "" : "&refuse=close";
    const Signed = everwire.WebSocket.with({ trace, auth: { via, token }, reconnect: quick });
    const socket = see(new Signed(`/ws/token?via=${via}${refuse}`, options.protocols ?? []));
    // refused after it had opened, or before
    await next(socket, "open");
    if (via !== "message") await next(socket, "open");
    await echoOf(socket, "hello");
    socket.close();
    await next(socket, "close");
    return { lines, secrets, wanted: ["open: ", "hello", "close: "] };
  }),

  [
    "protocol: a server that chooses the token as the subprotocol",
    async (address) => {
      const { lines, see, trace } = witness();
      const secrets = ["a token that a server repeats/ü?&="];
      const auth = { via: "protocol", token: () => secrets[0] };
      const client = see(new everwire.Client(address, { trace, auth, protocols: "soap" }));
      await client.opened;
      await client.close();
      const socket = see(new (everwire.WebSocket.with({ auth }))(address, "soap"));
      await next(socket, "open");
      socket.close();
      await next(socket, "close");
      return { lines, secrets, wanted: ["open: ", "close: "] };
    },
  ],
]);
