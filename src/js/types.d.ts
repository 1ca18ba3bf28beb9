/// <reference lib="esnext.disposable" />
// For TypeScript 5.7 or newer, with lib DOM or WebWorker. Times are milliseconds, sizes are bytes, unless a name says
// otherwise. Every optional property also takes undefined, which is its default.

// ── Client: a connection that is kept ───────────────────────────────────────────────────────────────────────────────

/** What can be sent. Binary that has to wait, or may have to be sent again, is copied at send(), so the caller may reuse
 *  its buffer. */
export type Data = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;
/** What arrives. */
export type Received = string | ArrayBuffer | Blob;
/** `connecting`: an attempt is under way (token, handshake, sign-in); `open`: ready for messages; `waiting`: the next
 *  attempt is to come; `closing`: close() was called; `closed`: for good. */
export type ClientState = "connecting" | "open" | "waiting" | "closing" | "closed";
/** A function that is asked at each attempt. What it throws or rejects with makes that attempt fail; it is the `cause` of
 *  the error event. */
export type Provider<T, C = AttemptContext> = (context: C) => T | Promise<T>;

export interface AttemptContext {
  /** In its row, from 0. */
  attempt: number;
  /** How the latest socket ended. */
  lastClose: CloseInfo | null;
  /** Aborted when the answer is no longer wanted: it took too long, or the client closed. */
  signal: AbortSignal;
}
export interface CloseInfo { code: number; reason: string; wasClean: boolean }

/** The layers are independent: each can be left out, and used without the others. */
export interface ClientOptions {
  /** Offered in this order. None. */
  protocols?: string | readonly string[] | Provider<string | readonly string[]> | undefined;
  /** How binary messages arrive. "arraybuffer"; of the drop-in WebSocket "blob", as in the browser. */
  binaryType?: BinaryType | undefined;
  /** The reconnect layer. A client: true; the drop-in: false. Without it the first close is the last. */
  reconnect?: boolean | ReconnectOptions | undefined;
  /** The auth layer. None. */
  auth?: AuthOptions | undefined;
  /** Asks a silent peer whether it is there. false: a browser cannot send ping frames, so the server must know the
   *  message. Without it, a connection that died without a word is noticed only when the network says so, which may take
   *  many minutes. */
  heartbeat?: boolean | HeartbeatOptions | undefined;
  /** The rate-limiter layer. A client: true, by bufferedAmount alone; the drop-in: false. Without it everything goes to
   *  the browser at once, which holds what a slow network does not take, without bound. */
  limit?: boolean | LimitOptions | undefined;
  /** Nothing lost: with a server that speaks everwire.1 (PROTOCOL.md) messages arrive once and in order, in both directions,
   *  over every reconnect and restart; or a `drop` event ("unconfirmed") and a `gap` event say which may not have. false. It
   *  needs the reconnect layer, and brings a heartbeat of its own, with the times of `heartbeat` where those are given. */
  session?: boolean | SessionOptions | undefined;
  /** How much may wait here. */
  queue?: QueueOptions | undefined;
  /** One attempt may take this long; grows with the attempts up to three times. In Firefox, which itself waits up to 17 s
   *  before it tries again, never under 20 000 after a failure. 10 000. */
  connectTimeout?: number | undefined;
  /** After close(): the close event comes at the latest then, as 1006, whatever the peer does. 5 000. */
  closeTimeout?: number | undefined;
  /** Aborting closes the client. */
  signal?: AbortSignal | undefined;
  /** Is given every input and output of the engine, as plain objects, tokens and payloads left out: enough to replay a
   *  session. Each entry survives JSON: keep `JSON.stringify(entry)` line by line, and `EVERWIRE_TRACE=file cargo test
   *  --test replay` in Everwire's repository replays it. Close reasons are in it, the peer's and your own. Not for
   *  production: it costs more than all the rest. */
  trace?: ((entry: object) => void) | undefined;
  /** The WebSocket class to use, where the global one is not wanted. */
  WebSocket?: (new (url: string, protocols?: string | string[]) => globalThis.WebSocket) | undefined;
}

/** Attempt n waits a random time in [0, min(maxDelay, minDelay·factorⁿ)]: full jitter, inside the cap, so that a thousand
 *  clients do not come back at the same moment. */
export interface ReconnectOptions {
  /** 500. A smaller one asks a restarting server more often in its first seconds. */
  minDelay?: number | undefined;
  /** 30 000. The longest that a user waits after the server is back. */
  maxDelay?: number | undefined;
  /** 2. */
  factor?: number | undefined;
  /** Attempts in a row, the first connection's too; then the client closes, with "unavailable/attempts". Infinity. */
  attempts?: number | undefined;
  /** A connection that lasted this long starts the count again; a flapping server otherwise looks healthy. 5 000. */
  stableAfter?: number | undefined;
  /** true and false decide; a number is a delay; undefined leaves it to the table of close codes (README). What throws
   *  says nothing. */
  shouldRetry?: ((close: CloseInfo, attempt: number) => boolean | number | undefined) | undefined;
}

export interface SessionOptions {
  /** A server that does not speak everwire.1 is not connected to: "unavailable/session", and another attempt. false: the
   *  client goes on without a session, and `open` says so. */
  required?: boolean | undefined;
}

export interface AuthOptions {
  /** Asked when there is no token, it is about to expire, or the server refused it (or may have: a handshake that fails
   *  says no more); no more often than every ten seconds, unless the server says that it refuses it. A rejection is a
   *  failed attempt, never a dead end. A token that the server refuses is asked for once more; then the client closes,
   *  with "refused/sign-in". */
  token: Provider<
    string | { value: string; expiresAt?: number | Date | undefined },
    AttemptContext & { reason: "first" | "expiring" | "refused" }
  >;
  /** "protocol": offered as a subprotocol, the name and the token in base64url without padding, after the application's
   *  own, of which there must be one. "query": a URL parameter; browsers print it to the console and servers to their logs.
   *  "message": the first message; nothing else is sent until the server has replied, and `open` comes after it. In a
   *  session it is the protocol's own frame, and `message` and `reply` are not asked. */
  via: "protocol" | "query" | "message";
  /** protocol: "bearer.", of characters that a subprotocol can have; query: "access_token". */
  name?: string | undefined;
  /** The auth message. JSON {"type":"auth","token":…}. */
  message?: ((token: string) => Data) | undefined;
  /** Whether a message is the reply to it. JSON {"type":"auth","ok":true} or false. */
  reply?: ((data: Received) => "accepted" | "refused" | undefined) | undefined;
  /** For the token and for the reply, each. 10 000. */
  timeout?: number | undefined;
  /** A token is renewed this long before it expires: over "message" without dropping the connection, else for the next
   *  attempt. 30 000. */
  refreshBefore?: number | undefined;
  /** Allows a token over ws: beyond this machine, where anybody on the way can read it. false: an error,
   *  "misuse/insecure". */
  insecure?: boolean | undefined;
}

export interface HeartbeatOptions {
  /** Silence before asking; any message that arrives is a sign of life. 25 000: mobile carriers forget an idle connection
   *  after about 30 s. */
  interval?: number | undefined;
  /** Silence after asking before the socket is given up. 10 000. */
  timeout?: number | undefined;
  /** "ping". */
  ping?: Data | (() => Data) | undefined;
  /** Recognised replies are not delivered. data === "pong". */
  isPong?: ((data: Received) => boolean) | undefined;
}

/** bufferedAmount here is the browser socket's own. In WebKitGTK it holds nothing back: there only the rates limit. */
export interface LimitOptions {
  /** Nothing more goes to the browser while its bufferedAmount is above this. 4 MiB: less costs speed in Firefox.
   *  0: only when it is empty. */
  highWater?: number | undefined;
  /** Sending goes on, and `drain` fires, once bufferedAmount is at or under this. highWater / 2. */
  lowWater?: number | undefined;
  /** Look at bufferedAmount every so often instead of at the time predicted from its recent rate (4 to 100 ms). */
  pollInterval?: number | undefined;
  /** In any window of W seconds at most burst + W · messagesPerSecond. Pings and the auth message do not wait, but count.
   *  No limit. */
  messagesPerSecond?: number | undefined;
  /** UTF-8 bytes; as above. No limit. */
  bytesPerSecond?: number | undefined;
  /** Messages that may go at once under messagesPerSecond. 1. */
  burst?: number | undefined;
  /** Bytes that may go at once under bytesPerSecond; a larger message goes into debt. 64 KiB. */
  burstBytes?: number | undefined;
}

/** What waits here, not yet handed to the browser: while there is no connection, or the limits hold it. Text counts two
 *  bytes a UTF-16 unit (what it occupies). */
export interface QueueOptions {
  /** 10 000. */
  maxMessages?: number | undefined;
  /** 16 MiB. */
  maxBytes?: number | undefined;
  /** What gives way to one too many: the new message, whose send() rejects; what has waited longest; or what came last.
   *  "reject". */
  overflow?: "reject" | "drop-oldest" | "drop-newest" | undefined;
}

export interface SendOptions {
  /** Not worth sending after this long. */
  ttl?: number | undefined;
  /** Only if it can go now. */
  volatile?: boolean | undefined;
  /** send() resolves when the server has acknowledged it, in a session; "dropped/unconfirmed" when the session ends before,
   *  or the server speaks none. Without the option `session` send() throws. */
  acknowledged?: boolean | undefined;
  /** Takes it back while it is still queued. */
  signal?: AbortSignal | undefined;
}

/** A connection that is kept through restarts, lost networks, sleep and expiring tokens, and says what happened.
 *
 *  It lives while it is connected or trying and something listens, is awaited or is queued; one that nobody can reach any
 *  more closes by itself. Closed is closed: make a new one. Any method may be called in any listener; no listener is ever
 *  called inside a method. A listener that throws is reported as any other, and stops nothing. */
export class Client extends EventTarget implements AsyncIterable<Received> {
  /** Starts connecting at once. Of several addresses the next in turn is tried when one fails, which then rests for
   *  `reconnect.maxDelay`. Throws EverwireError "misuse/option", "misuse/url", "misuse/protocols", "misuse/insecure"
   *  or "misuse/no-websocket" for what can be known at once. */
  constructor(url: string | URL | readonly (string | URL)[] | Provider<string | URL>, options?: ClientOptions);
  readonly state: ClientState;
  /** Of the latest attempt, normalised; without the token. */
  readonly url: string;
  readonly protocol: string;
  readonly extensions: string;
  binaryType: BinaryType;
  /** Bytes accepted by send() and not yet on the network: queued here plus the browser's own buffer. */
  readonly bufferedAmount: number;
  /** Resolves once open; rejects if the client closes for good before that (never an unhandled rejection). */
  readonly opened: Promise<void>;
  /** Resolves when the client has closed for good. Never rejects. */
  readonly closed: Promise<CloseInfo>;
  /** Resolves when the message has been handed to the browser within the limits (flush() waits until it has left); rejects
   *  with EverwireError "dropped/…". Not awaiting it is fine: a rejection is never unhandled, the `drop` event tells too.
   *  Throws for options that cannot be. */
  send(data: Data, options?: SendOptions): Promise<void>;
  /** Resolves when everything accepted so far has left the browser's buffer; rejects with "unavailable/flush" when a
   *  connection was lost with some of it, and nobody can know what became of that: the first flush after it says so. */
  flush(): Promise<void>;
  /** Drops a wait, or replaces the current socket, and connects now. */
  reconnect(): void;
  /** Sends what was accepted before, says goodbye (1000 unless told otherwise) and stays closed. In a session it waits for
   *  the last acknowledgement before that. Throws "misuse/close" for a
   *  code other than 1000 and 3000–4999 or a reason over 123 UTF-8 bytes. */
  close(code?: number, reason?: string): Promise<CloseInfo>;
  stats(): Stats;
  addEventListener<K extends keyof ClientEventMap>(type: K, listener: (this: Client, event: ClientEventMap[K]) => void, options?: AddEventListenerOptions | boolean): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: AddEventListenerOptions | boolean): void;
  removeEventListener<K extends keyof ClientEventMap>(type: K, listener: (this: Client, event: ClientEventMap[K]) => void, options?: EventListenerOptions | boolean): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: EventListenerOptions | boolean): void;
  /** Messages in order, from the call on; ends when the client closes. Holds at most `maxMessages` (10 000) unread, then
   *  throws "misuse/slow-reader", after those. */
  messages(options?: { maxMessages?: number | undefined }): AsyncIterableIterator<Received>;
  [Symbol.asyncIterator](): AsyncIterableIterator<Received>;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ClientEventMap {
  /** Each time a socket is ready for messages (authenticated, where auth is on). */
  open: OpenEvent;
  message: MessageEvent<Received>;
  /** `event.error` is an EverwireError, `event.message` its sentence; the client goes on unless `close` follows. */
  error: ErrorEvent;
  /** A socket that was open is lost; the client will try again, or is about to close. */
  down: DownEvent;
  /** The next attempt is scheduled: what a "reconnecting in 3 s" notice shows. */
  retry: RetryEvent;
  /** A message will not be sent. */
  drop: DropEvent;
  /** In a session: messages of the server's will not come. */
  gap: GapEvent;
  /** After sending was held up: nothing is queued and the socket's bufferedAmount is at or under lowWater. */
  drain: Event;
  /** client.state changed. */
  state: Event;
  /** For good. */
  close: CloseEvent;
}
export interface OpenEvent extends Event {
  readonly attempt: number;
  readonly reconnected: boolean;
  /** With `session`: whether the session goes on, so that nothing is lost. undefined without. */
  readonly resumed: boolean | undefined;
}
export interface GapEvent extends Event {
  /** So many of the session's had come. */
  readonly received: number;
  /** So many are missing after those. null: how many, nobody knows, since the session is over. */
  readonly missed: number | null;
}
export interface DownEvent extends Event, CloseInfo {
  readonly willRetry: boolean;
  /** What had left the browser and nothing confirms: since the last pong, or since the socket opened where there is no
   *  heartbeat. What certainly never left is sent again, first and in order. In a session: what the server has not
   *  acknowledged, text as two bytes a UTF-16 unit; all of it is sent again. */
  readonly unconfirmed: { messages: number; bytes: number };
}
export interface RetryEvent extends Event { readonly attempt: number; readonly delay: number }
export interface DropEvent extends Event {
  readonly data: Data;
  readonly reason: "overflow" | "expired" | "volatile" | "aborted" | "closed" | "unsendable" | "unconfirmed";
}

/** What was counted since the client was made. */
export interface Stats {
  attempts: number; connects: number; messagesSent: number; messagesReceived: number; bytesSent: number; bytesReceived: number;
  queuedMessages: number; queuedBytes: number;
  /** From the latest ping to its pong. */
  roundTrip: number | null;
  /** Since 1970, as Date.now(). */
  connectedSince: number | null;
}

/** `code` is stable and says who must act:
 *  "misuse/option", "misuse/url", "misuse/protocols", "misuse/insecure", "misuse/blocked", "misuse/no-websocket",
 *  "misuse/token", "misuse/close", "misuse/slow-reader": your code;
 *  "refused/sign-in", "refused/closed", "refused/protocol": sign in or stop;
 *  "unavailable/connect", "unavailable/connect-timeout", "unavailable/token", "unavailable/token-timeout",
 *  "unavailable/reply-timeout", "unavailable/silent", "unavailable/session": already being handled; "unavailable/attempts",
 *  "unavailable/closed", "unavailable/flush": it is over;
 *  "dropped/overflow", "dropped/expired", "dropped/volatile", "dropped/aborted", "dropped/closed", "dropped/unsendable",
 *  "dropped/unconfirmed" (it was sent, and may have arrived):
 *  this message. `cause` is why, where somebody knows: what a provider threw, or "misuse/blocked", what the browser refused. */
export class EverwireError extends Error { readonly code: string }

// ── WebSocket: a drop-in ────────────────────────────────────────────────────────────────────────────────────────────

/** The browser's WebSocket, member for member (WHATWG WebSockets standard: conversions, errors, constants, on* accessors,
 *  synchronous send() and close(), events and their order).
 *
 *  A class in JavaScript cannot imitate three things: its events are not `isTrusted`, it is not an instance of the
 *  browser's own class, and no microtasks run between two listeners of one event. As the browser's own, a socket that
 *  nobody can reach and nobody listens to is closed by the garbage collector. */
export class WebSocket extends EventTarget implements globalThis.WebSocket {
  /** Starts connecting at once. Throws what the browser's own class throws: "SyntaxError" DOMException for a bad URL or subprotocol. */
  constructor(url: string | URL, protocols?: string | string[]);
  /** A subclass with these layers, for code that does not reconnect by itself:
   *  `const Resilient = WebSocket.with({ reconnect: true })`. What is not asked for is as in the browser: no limit, no bound
   *  of the queue; without `reconnect` no timeouts either. What differs from a WebSocket without layers:
   *  - While it waits or connects again readyState is CONNECTING. `open` and `close` come once per socket that was open,
   *    `error` for an attempt that failed, and a last `close` for good.
   *  - send() in CONNECTING queues instead of throwing; bufferedAmount counts what waits, text as two bytes a UTF-16 unit.
   *  - A `drop` event (DropEvent) tells of each message that was accepted and will not be sent, also of one that the
   *    browser refuses or that is sent while closing, which is then not counted; a `gap` event (GapEvent), in a session, of
   *    messages that will not come.
   *  - News of one moment are told one after the other without microtasks between them; close() in CONNECTING, and an open
   *    socket that fails, tell `close` without an `error` before it.
   *  - Wrong options throw an EverwireError when a socket is made. */
  static with(options: Omit<ClientOptions, "protocols">): typeof WebSocket;
  static readonly CONNECTING: 0; static readonly OPEN: 1; static readonly CLOSING: 2; static readonly CLOSED: 3;
  readonly CONNECTING: 0; readonly OPEN: 1; readonly CLOSING: 2; readonly CLOSED: 3;
  readonly url: string; readonly readyState: 0 | 1 | 2 | 3;
  /** Bytes accepted by send() that have not left for the network. After the close it only grows. */
  readonly bufferedAmount: number;
  readonly extensions: string; readonly protocol: string;
  /** How binary messages arrive. "blob". */
  binaryType: BinaryType;
  onopen: ((this: globalThis.WebSocket, event: Event) => any) | null; onmessage: ((this: globalThis.WebSocket, event: MessageEvent) => any) | null;
  onerror: ((this: globalThis.WebSocket, event: Event) => any) | null; onclose: ((this: globalThis.WebSocket, event: CloseEvent) => any) | null;
  /** Throws "InvalidStateError" while connecting (with layers it queues); after the close it throws nothing and sends nothing,
   *  as in the browser. */
  send(data: Data): void;
  /** Throws "InvalidAccessError" for a code other than 1000 and 3000–4999, "SyntaxError" for a reason over 123 UTF-8 bytes.
   *  Without a code none is said, and the peer sees 1005; a reason alone goes with 1000. */
  close(code?: number, reason?: string): void;
  addEventListener<K extends keyof WebSocketEventMap>(type: K, listener: (this: globalThis.WebSocket, event: WebSocketEventMap[K]) => any, options?: AddEventListenerOptions | boolean): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: AddEventListenerOptions | boolean): void;
  removeEventListener<K extends keyof WebSocketEventMap>(type: K, listener: (this: globalThis.WebSocket, event: WebSocketEventMap[K]) => any, options?: EventListenerOptions | boolean): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: EventListenerOptions | boolean): void;
}

/** The name of a close code in RFC 6455 §7.4.1 and the IANA registry ("Going Away"); undefined for the others, the private ranges among them. */
export function closeCodeName(code: number): string | undefined;
