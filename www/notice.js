// How does a card tell that its client is not connected, and let the visitor hurry it?

import { describeClose, REFRESH } from "./connection.js";
import { Countdown } from "./countdown.js";
import { writeText } from "./fields.js";

/** The notice of one card: silent while connected, then what happened and the time to the next attempt. */
export class Notice {
  #container;
  #sentence;
  #countdown;
  #button;
  #rest;
  #client = null;
  #timer = null;

  /**
   * Where the notice has a button, it hurries the client, or calls `again` where that has closed for good. `rest` gets
   * the focus when the button that has it goes.
   */
  constructor(container, { again, rest } = {}) {
    this.#container = container;
    this.#sentence = container.querySelector("[role=status]"); // told once: a countdown that is read out is noise
    this.#countdown = container.querySelector(".countdown");
    this.#button = container.querySelector("button");
    this.#rest = rest;
    this.#button?.addEventListener("click", () => {
      if (this.#client.state === "closed") again();
      else this.#client.reconnect();
    });
  }

  /** Tells of `client` from now on. */
  follow(client) {
    this.#client = client;
    const countdown = new Countdown(client);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#count(countdown), REFRESH);
    this.#settle();
    const hear = (type, told) =>
      client.addEventListener(type, (event) => {
        if (this.#client === client) told(event); // else it tells of a later client
      });
    hear("open", () => this.#settle());
    hear("down", (event) => this.#tell(`Connection lost: ${describeClose(event)}.`, "Reconnect now"));
    hear("retry", () => {
      this.#tell(this.#sentence.textContent || "The server was not reached.", "Reconnect now");
      this.#count(countdown);
    });
    hear("close", (event) => {
      clearInterval(this.#timer);
      writeText(this.#countdown, "");
      this.#tell(`Disconnected: ${describeClose(event)}.`, "Connect again");
    });
  }

  #tell(sentence, label) {
    this.#container.toggleAttribute("data-silent", false);
    writeText(this.#sentence, sentence);
    if (this.#button === null) return; // the card has buttons enough
    writeText(this.#button, label);
    this.#button.hidden = false;
  }

  #settle() {
    this.#container.toggleAttribute("data-silent", true);
    writeText(this.#sentence, "");
    writeText(this.#countdown, "");
    if (this.#button === null) return;
    const hadFocus = document.activeElement === this.#button;
    this.#button.hidden = true;
    if (hadFocus) this.#rest.focus();
  }

  #count(countdown) {
    const { text } = countdown;
    const { queuedMessages } = this.#client.stats();
    const queued = `${queuedMessages} ${queuedMessages === 1 ? "message waits" : "messages wait"}`;
    writeText(this.#countdown, text === null ? "" : `Reconnecting ${text}${queuedMessages === 0 ? "" : `; ${queued}`}.`);
  }
}
