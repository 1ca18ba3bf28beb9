
// For TypeScript 5.7 or newer, with lib DOM or WebWorker.

/** What can be sent. */
export type Data = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** The browser's WebSocket, member for member (WHATWG WebSockets standard: constructor errors, static and prototype
 *  constants, on* accessors, synchronous send() and close(), event order). Load the WebAssembly first: `await init()`.
 *
 *  A class in JavaScript cannot imitate three things: its events are not `isTrusted`, it is not an instance of the
 *  browser's own class, and no microtasks run between two listeners of one event. A socket is kept until it is closed,
 *  also one that nobody listens to. */
export class WebSocket extends EventTarget implements globalThis.WebSocket {
  /** Starts connecting at once. Throws what the browser's own class throws: "SyntaxError" DOMException for a bad URL or subprotocol. */
  constructor(url: string | URL, protocols?: string | string[]);
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
  /** Throws "InvalidStateError" while connecting; after the close it throws nothing and sends nothing, as in the browser. */
  send(data: Data): void;
  /** Throws "InvalidAccessError" for a code other than 1000 and 3000–4999, "SyntaxError" for a reason over 123 UTF-8 bytes. */
  close(code?: number, reason?: string): void;
  addEventListener<K extends keyof WebSocketEventMap>(type: K, listener: (this: globalThis.WebSocket, event: WebSocketEventMap[K]) => any, options?: AddEventListenerOptions | boolean): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: AddEventListenerOptions | boolean): void;
  removeEventListener<K extends keyof WebSocketEventMap>(type: K, listener: (this: globalThis.WebSocket, event: WebSocketEventMap[K]) => any, options?: EventListenerOptions | boolean): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: EventListenerOptions | boolean): void;
}

/** The name of a close code in RFC 6455 §7.4.1 and the IANA registry ("Going Away"); undefined for the others, the private ranges among them. */
export function closeCodeName(code: number): string | undefined;
