// What does a connection look like from outside?

import { closeCodeName } from "./pkg/everwire.js";

/** The facts of one socket, kept up to date inside `container`. */
export class ConnectionPanel {
  #container;
  #fields = new Map();
  #socket = null;
  #timer = null;

  constructor(container) {
    this.#container = container;
    container.append(document.getElementById("connection").content.cloneNode(true));
    for (const field of container.querySelectorAll("[data-field]")) this.#fields.set(field.dataset.field, field);
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
      this.#write("close", `${describeClose(event)}, ${event.wasClean ? "clean" : "not clean"}`);
    });
    this.#refresh();
  }

  #refresh() {
    const socket = this.#socket;
    const state = STATE_NAMES[socket.readyState];
    this.#container.dataset.state = state.toLowerCase();
    this.#write("readyState", `${socket.readyState} ${state}`);
    this.#write("bufferedAmount", socket.bufferedAmount.toLocaleString("en"));
    this.#write("protocol", socket.protocol || "none");
    this.#write("extensions", socket.extensions || "none");
    this.#write("url", socket.url);
  }

  #write(name, text) {
    const field = this.#fields.get(name);
    if (field.textContent !== text) field.textContent = text; // an unchanged field stays selectable
  }
}

/** A close event in one line: `1000 (Normal Closure) "Bye!"`. */
export function describeClose({ code, reason }) {
  const name = closeCodeName(code) ?? "no registered name";
  return `${code} (${name})${reason && ` "${reason}"`}`;
}

const STATE_NAMES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];

/** 100 ms: what the article uses to look at bufferedAmount, and quick enough to read as live. */
const REFRESH = 100;
