// What does it cost to be a WebSocket of one's own at all?
//
// The least that anyone can write who stands between the browser's WebSocket and its listeners: an EventTarget that says
// again what it hears. What a library costs beyond this is its own.

export class Facade extends EventTarget {
  #socket;

  constructor(url) {
    super();
    this.#socket = new globalThis.WebSocket(url);
    this.#socket.onopen = () => this.dispatchEvent(new Event("open"));
    this.#socket.onmessage = ({ data, origin }) => this.dispatchEvent(new MessageEvent("message", { data, origin }));
    this.#socket.onclose = ({ code, reason, wasClean }) => {
      this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
    };
  }

  set binaryType(type) {
    this.#socket.binaryType = type;
  }

  send(data) {
    this.#socket.send(data);
  }

  close() {
    this.#socket.close();
  }
}
