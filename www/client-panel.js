// What does a connection that is kept look like from outside?

import { describeEnd, REFRESH, STATE_NAMES } from "./connection.js";
import { Countdown } from "./countdown.js";
import { Fields } from "./fields.js";
import { describeMessages } from "./size.js";

/** The facts of one client, kept up to date inside `container`. */
export class ClientPanel {
  #container;
  #fields;
  #client = null;
  #countdown;
  #timer = null;

  constructor(container) {
    this.#container = container;
    this.#fields = new Fields(container, "client");
  }

  /** Shows `client` from now on, and no longer the one before. */
  show(client) {
    this.#client = client;
    this.#countdown = new Countdown(client);
    clearInterval(this.#timer);
    // what is queued and buffered changes without an event, and a countdown counts
    this.#timer = setInterval(() => this.#refresh(), REFRESH);
    const hear = (type, told) =>
      client.addEventListener(type, (event) => {
        if (this.#client === client) told(event); // else the panel shows a later client
      });
    hear("state", () => this.#refresh());
    hear("retry", () => this.#refresh()); // it follows the state's change, and the countdown has heard it before us
    hear("down", (event) => {
      this.#fields.write("close", describeEnd(event));
      this.#fields.write("unconfirmed", describeMessages(event.unconfirmed));
    });
    hear("close", (event) => {
      clearInterval(this.#timer);
      this.#refresh();
      this.#fields.write("close", describeEnd(event));
    });
    this.#refresh();
  }

  #refresh() {
    const client = this.#client;
    const { attempts, connects, queuedMessages, queuedBytes } = client.stats();
    const readyState = READY_STATES[client.state];
    this.#container.dataset.state = client.state;
    this.#fields.write("readyState", `${readyState} ${STATE_NAMES[readyState]}`);
    this.#fields.write("state", client.state);
    this.#fields.write("retry", this.#countdown.text ?? "none");
    this.#fields.write("attempts", `${attempts}, ${connects} of them opened`);
    this.#fields.write("bufferedAmount", client.bufferedAmount.toLocaleString("en"));
    this.#fields.write("queued", describeMessages({ messages: queuedMessages, bytes: queuedBytes }));
    this.#fields.write("protocol", client.protocol || "none");
    this.#fields.write("extensions", client.extensions || "none");
    this.#fields.write("url", client.url || "none yet");
  }
}

/** What `WebSocket.with({ reconnect: true })` says in each state: one that waits is CONNECTING. */
const READY_STATES = { connecting: 0, waiting: 0, open: 1, closing: 2, closed: 3 };
