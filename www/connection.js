// What does a socket look like from outside?

import { closeCodeName } from "./pkg/everwire.js";
import { Fields } from "./fields.js";

/** The facts of one socket, kept up to date inside `container`. */
export class ConnectionPanel {
  #container;
  #fields;
  #socket = null;
  #timer = null;

  constructor(container) {
    this.#container = container;
    this.#fields = new Fields(container, "connection");
  }

  /** Shows `socket` from now on, and no longer the one before. */
  show(socket) {
    this.#socket = socket;
    clearInterval(this.#timer);
    // readyState and bufferedAmount change without an event
    this.#timer = setInterval(() => this.#refresh(), REFRESH);
    socket.addEventListener("open", () => this.#refresh());
    socket.addEventListener("close", (event) => {
      if (this.#socket !== socket) return; // the panel shows a later socket
      clearInterval(this.#timer);
      this.#refresh();
      this.#fields.write("close", describeEnd(event));
    });
    this.#refresh();
  }

  #refresh() {
    const socket = this.#socket;
    const state = STATE_NAMES[socket.readyState];
    this.#container.dataset.state = state.toLowerCase();
    this.#fields.write("readyState", `${socket.readyState} ${state}`);
    this.#fields.write("bufferedAmount", socket.bufferedAmount.toLocaleString("en"));
    this.#fields.write("protocol", socket.protocol || "none");
    this.#fields.write("extensions", socket.extensions || "none");
    this.#fields.write("url", socket.url);
  }
}

/** A close event in one line: `1000 (Normal Closure) "Bye!"`. */
export function describeClose({ code, reason }) {
  const name = closeCodeName(code) ?? "no registered name";
  return `${code} (${name})${reason && ` "${reason}"`}`;
}

/** The same, and whether both sides said so. */
export function describeEnd(event) {
  return `${describeClose(event)}, ${event.wasClean ? "clean" : "not clean"}`;
}

/** By number, as the standard has them. */
export const STATE_NAMES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];

/** 100 ms: what the article uses to look at bufferedAmount, and quick enough to read as live. */
export const REFRESH = 100;
