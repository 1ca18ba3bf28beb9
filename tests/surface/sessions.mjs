// Which sessions are lived, from inside a page?

/** In the page: how to note what is heard. */
export function installListener() {
  const words = ({ code, reason, wasClean }) => `${code} ${JSON.stringify(reason)}${wasClean ? " clean" : ""}`;
  const told = {
    open: ({ attempt, reconnected }) => (attempt === undefined ? "" : `attempt ${attempt}${reconnected ? " reconnected" : ""}`),
    message: ({ data }) => JSON.stringify(data),
    error: ({ error }) => error?.code ?? "",
    down: (event) => `${words(event)}, willRetry ${event.willRetry}, unconfirmed ${JSON.stringify(event.unconfirmed)}`,
    retry: ({ attempt }) => `attempt ${attempt}`,
    drop: ({ data, reason }) => `${JSON.stringify(data)} ${reason}`,
    drain: () => "",
    state: ({ target }) => target.state,
    close: words,
  };

  /** Everything that `target` says from now on; `during(event)` is called within it. Ends with the last close event. */
  globalThis.heard = (target, during = () => {}) => {
    const lines = [];
    const note = (line) => lines.push(line.trimEnd());
    const ended = new Promise((resolve) => {
      for (const [type, tell] of Object.entries(told)) {
        target.addEventListener(type, (event) => {
          const state = "readyState" in target ? `, readyState ${target.readyState}` : "";
          note(`${type} ${tell(event)}`.trimEnd() + state);
          during(event, target);
          const forGood = "readyState" in target ? target.readyState === 3 : true;
          if (type === "close" && forGood) setTimeout(() => resolve(lines)); // promises that settle with it come first
        });
      }
    });
    const settles = (name, promise) =>
      promise.then((value) => note(`${name} resolves${value ? ` ${words(value)}` : ""}`), (error) => note(`${name} rejects ${error.code}`));
    if ("opened" in target) {
      settles("opened", target.opened);
      settles("closed", target.closed);
    }
    return { ended, note, settles };
  };
  return null;
}

/** Each answers with what was heard. They run in the page: what they use is in it. */
export const SESSIONS = {
  "WebSocket: connects, says something, hears it, closes": async () => {
    const socket = new everwire.WebSocket("/ws/echo");
    return heard(socket, ({ type }) => {
      if (type === "open") socket.send("hello");
      if (type === "message") socket.close(4000, "bye");
    }).ended;
  },

  "WebSocket: refused": async () => heard(new everwire.WebSocket("/ws/fault/refuse")).ended,

  "WebSocket: close() while it connects": async () => {
    const socket = new everwire.WebSocket("/ws/fault/stall?after=60000");
    const { ended, note } = heard(socket);
    socket.close();
    note(`close() returns, readyState ${socket.readyState}`);
    return ended;
  },

  "WebSocket: the server closes": async () => heard(new everwire.WebSocket("/ws/fault/close?code=4100&reason=enough")).ended,

  "WebSocket.with reconnect: the server closes, comes back, and is left": async () => {
    const Resilient = everwire.WebSocket.with({ reconnect: quick });
    const socket = new Resilient("/ws/fault/close?code=4100&after=message");
    let opens = 0;
    return heard(socket, ({ type }) => {
      if (type !== "open") return;
      opens += 1;
      if (opens === 1) socket.send("the last straw");
      else socket.close();
    }).ended;
  },

  "Client: connects, says something, hears it, closes": async () => {
    const client = new everwire.Client("/ws/echo");
    const { ended, settles } = heard(client, ({ type }) => {
      if (type === "message") client.close(4000, "bye");
    });
    settles("send()", client.send("hello"));
    return ended;
  },

  "Client: refused as often as it may be": async () => {
    const client = new everwire.Client("/ws/fault/refuse", { reconnect: { ...quick, attempts: 2 } });
    const { ended, settles } = heard(client);
    settles("send()", client.send("never arrives"));
    return ended;
  },

  "Client: the server restarts": async () => {
    let sockets = 0;
    const path = () => (sockets++ === 0 ? "/ws/fault/close?code=4100&reason=restart&after=message" : "/ws/echo");
    const client = new everwire.Client(path, { reconnect: quick });
    const { ended } = heard(client, ({ type, reconnected }) => {
      if (type === "message") client.close();
      if (type === "open") client.send(reconnected ? "again" : "the last straw");
    });
    return ended;
  },

  "Client: signs in by a message, and is refused its token": async () => {
    let asked = 0;
    const lines = [];
    const token = async ({ reason }) => {
      lines.push(`token asked for: ${reason}`);
      asked += 1;
      if (asked > 1) return "no good either";
      return "no good";
    };
    const client = new everwire.Client("/ws/token?via=message", { auth: { via: "message", token }, reconnect: quick });
    const { ended } = heard(client);
    const rest = await ended;
    return [...lines.map((line) => `(${line})`), ...rest];
  },

  "Client: signs in by a message": async () => {
    const { token } = await (await fetch("/token")).json();
    const client = new everwire.Client("/ws/token?via=message", { auth: { via: "message", token: () => token } });
    const { ended } = heard(client, ({ type }) => {
      if (type === "message") client.close();
    });
    client.send("after the sign-in");
    return ended;
  },

  "Client: the server says stop": async () => heard(new everwire.Client("/ws/fault/close?code=3003&reason=no")).ended,

  "Client: close() while it connects, with something to say": async () => {
    const client = new everwire.Client("/ws/fault/stall?after=60000");
    const { ended, note, settles } = heard(client);
    settles("send()", client.send("too early"));
    client.close();
    note(`close() returns, state ${client.state}`);
    return ended;
  },

  "Client: close() while it waits": async () => {
    const client = new everwire.Client("/ws/fault/refuse", { reconnect: { minDelay: 60_000, maxDelay: 60_000 } });
    return heard(client, ({ type }) => {
      if (type === "retry") client.close();
    }).ended;
  },

  "Client: reconnect() on an open connection": async () => {
    const client = new everwire.Client("/ws/echo");
    return heard(client, ({ type, reconnected }) => {
      if (type !== "open") return;
      if (reconnected) client.close();
      else client.reconnect();
    }).ended;
  },
};
