// Which sessions does it take to see everything that a trace can say?
//
// Each runs in the page, so it stands on its own; the recorder is put there first.

/** Each goes to its end, and answers with its trace and with what is to be compared with it. */
export const SESSIONS = {
  /** Lost and found, signed in and renewed, with everything that can be wished, and with every event of a page. */
  life: async (secret) => {
    const record = recorder();
    let isLost = false;
    let pings = 0;
    const client = new everwire.Client(() => (isLost ? "/ws/token?via=message" : "/ws/fault/reset?after=1000"), {
      trace: record.trace,
      reconnect: { minDelay: 10, maxDelay: 50, factor: 1.1, shouldRetry: () => undefined },
      auth: {
        via: "message",
        refreshBefore: 59_000,
        async token() {
          const { token: value, expiresAt } = await (await fetch("/token?ttl=60")).json();
          record.secrets.push(value);
          return { value, expiresAt };
        },
        // the socket that will be lost only echoes
        reply(data) {
          const { type, ok = true } = typeof data === "string" && data.startsWith("{") ? JSON.parse(data) : {};
          return type === "auth" ? (ok ? "accepted" : "refused") : undefined;
        },
      },
      heartbeat: {
        interval: 300,
        timeout: 20_000,
        ping() {
          if (pings++ === 0) throw new Error("this one cannot be made");
          return "ping";
        },
        isPong: (data) => data === "ping",
      },
      limit: { highWater: 1_000, lowWater: 10, messagesPerSecond: 40, bytesPerSecond: Infinity, burst: 2 },
      queue: { maxMessages: 4, maxBytes: Infinity, overflow: "drop-oldest" },
      closeTimeout: Infinity,
    });
    record.listen(client);
    const pageSays = (target, event, isHidden = false) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
      target.dispatchEvent(event);
    };

    await client.opened;
    client.send(secret);
    client.send(new TextEncoder().encode(secret));
    client.send(new Blob([secret]));
    await record.heard({ event: "Message" });
    await record.heard({ event: "Down" });

    isLost = true;
    const unwanted = new AbortController();
    client.send(secret, { volatile: true });
    for (let sent = 0; sent < 6; sent++) client.send(secret);
    client.send(secret, { signal: unwanted.signal });
    unwanted.abort();
    client.send(secret, { ttl: 0.001 });
    await record.heard({ event: "Open", reconnected: true });
    for (let sent = 0; sent < 4; sent++) client.send(secret, { ttl: 60_000 });
    await client.flush();
    await record.heard({ event: "Drain" });

    pageSays(window, new Event("offline"));
    pageSays(window, new Event("online"));
    pageSays(document, new Event("visibilitychange"), true);
    pageSays(document, new Event("visibilitychange"));
    pageSays(document, new Event("resume"));
    const { now } = Date;
    Date.now = () => now() + 60_000; // as after a minute's sleep
    pageSays(window, new PageTransitionEvent("pageshow", { persisted: true }));
    Date.now = now;
    await record.heard({ in: "Judged", verdict: "pong" });
    await record.heard({ out: "FetchToken", reason: "expiring" });

    client.reconnect();
    await record.heard({ event: "Open", reconnected: true }, 2);
    client.close(3001, "done");
    return record.end(client);
  },

  /** Neither a token nor an address at first; then a token that the server refuses, and another one. */
  trouble: async (secret) => {
    const record = recorder();
    let asked = 0;
    let looked = 0;
    const client = new everwire.Client(
      () => {
        if (looked++ === 0) throw new Error(secret);
        return "/ws/token?via=message";
      },
      {
        trace: record.trace,
        reconnect: { minDelay: 1, maxDelay: 5 },
        auth: {
          via: "message",
          async token() {
            if (asked++ === 0) throw new Error(secret);
            record.secrets.push(`made-up-${asked}`);
            return `made-up-${asked}`;
          },
        },
      },
    );
    record.listen(client);
    return record.end(client);
  },

  /** Restarts, each with another advice; then a server that does not want us. */
  refusal: async () => {
    const record = recorder();
    const advices = [true, 3];
    let looked = 0;
    const client = new everwire.Client(() => `/ws/fault/close?code=${looked++ < 2 ? 1012 : 4403}&reason=no.+${looked}`, {
      trace: record.trace,
      limit: false,
      reconnect: { minDelay: 1, maxDelay: Infinity, attempts: 9, shouldRetry: () => advices.shift() },
    });
    record.listen(client);
    return record.end(client);
  },

  /** Told not to try again. */
  stop: async () => {
    const record = recorder();
    const options = { trace: record.trace, reconnect: { shouldRetry: () => false } };
    const client = new everwire.Client("/ws/fault/close?code=1012", options);
    record.listen(client);
    return record.end(client);
  },

  /** All attempts used up, with something still to send. */
  exhaustion: async (secret) => {
    const record = recorder();
    const nowhere = () => {
      throw new Error(secret);
    };
    const client = new everwire.Client(nowhere, { trace: record.trace, reconnect: { minDelay: 1, attempts: 2 } });
    record.listen(client);
    client.send(secret);
    return record.end(client);
  },

  /** Closed while the token provider still thinks. */
  impatience: async () => {
    const record = recorder();
    const auth = { via: "message", token: () => new Promise(() => {}) };
    const client = new everwire.Client("/ws/echo", { trace: record.trace, auth });
    record.listen(client);
    await record.heard({ out: "FetchToken" });
    client.close();
    return record.end(client);
  },

  /** Over a class of the page's own, whose buffer holds what it took, and which will not take everything. */
  understudy: async (secret) => {
    const record = recorder();
    let latest;
    class StandIn {
      bufferedAmount = 0;
      extensions = "";
      protocol = "";
      constructor() {
        latest = this;
        queueMicrotask(() => this.onopen(new Event("open")));
      }
      send(data) {
        if (data !== "taken") throw new Error(secret);
        this.bufferedAmount += 7;
      }
      close() {}
    }
    const client = new everwire.Client("/ws/echo", { trace: record.trace, WebSocket: StandIn });
    record.listen(client);
    await client.opened;
    client.send("taken");
    client.send(secret);
    client.flush();
    latest.onclose(new CloseEvent("close", { code: 4403, reason: "stood in", wasClean: true }));
    return record.end(client);
  },

  /** The drop-in, which has nothing but what is asked for, and closes without a code. */
  bare: async (secret) => {
    const record = recorder();
    const Traced = everwire.WebSocket.with({ trace: record.trace });
    const socket = new Traced("/ws/echo");
    record.listen(socket, ["open", "message", "close"]);
    await next(socket, "open");
    socket.send(secret);
    await next(socket, "message");
    socket.close();
    return record.end(socket);
  },
};

/** Runs in the page: gives it what each session takes its notes with. */
export function installRecorder() {
  globalThis.recorder = () => {
    const entries = [], told = [], secrets = [], waiting = new Set();
    return {
      secrets,

      trace(entry) {
        entries.push(entry);
        for (const look of waiting) look();
      },

      /** Notes what is told, in the words of a trace. */
      listen(client, types = ["open", "message", "error", "down", "retry", "drop", "drain", "state", "close"]) {
        const kept = (data) =>
          typeof data === "string"
            ? { kind: "text", size: 2 * data.length }
            : { kind: "binary", size: data.byteLength ?? data.size };
        const closed = ({ code, reason, wasClean }) => ({ code, reason, wasClean });
        const details = {
          // the drop-in's is a bare Event
          open: ({ attempt, reconnected }) => (attempt === undefined ? {} : { attempt, reconnected }),
          message: ({ data }) => kept(data),
          error: ({ error }) => ({ error: error.code }),
          down: (event) => ({ ...closed(event), willRetry: event.willRetry, ...event.unconfirmed }),
          retry: ({ attempt, delay }) => ({ attempt, delay }),
          drop: ({ data, reason }) => ({ ...kept(data), error: `dropped/${reason}` }),
          close: closed,
        };
        for (const type of types) {
          client.addEventListener(type, (event) => told.push({ type, ...details[type]?.(event) }));
        }
      },

      /** Resolves when there are so many entries that say this. */
      heard(wanted, times = 1) {
        const says = (entry) => Object.entries(wanted).every(([name, value]) => entry[name] === value);
        return new Promise((resolve) => {
          const look = () => {
            if (entries.filter(says).length < times) return;
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
          look();
        });
      },

      async end(client) {
        if (told.at(-1)?.type !== "close") await next(client, "close");
        // each is a new object, and says nothing but what JSON can carry to the test
        const isPlain = (value) =>
          value === null || typeof value === "string" || typeof value === "boolean" ||
          (typeof value === "number" && Number.isFinite(value)) ||
          (Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain));
        const impure = entries.flatMap((entry, index) => (isPlain(entry) ? [] : [index]));
        if (new Set(entries).size < entries.length) impure.push("an entry came twice");
        return { lines: entries.map((entry) => JSON.stringify(entry)), told, secrets, impure };
      },
    };
  };
}
