// How does a card tell that its connection is over, and start again?

import { describeClose } from "./connection.js";

/** The notice of one card: silent while connected, then a sentence and a button. */
export class ClosedNotice {
  #sentence;
  #button;

  /** `again` connects anew; it is called when the button is pressed. */
  constructor(container, again) {
    this.#sentence = container.querySelector("p");
    this.#button = container.querySelector("button");
    this.#button.addEventListener("click", again);
  }

  /** Tells that the connection ended as the close event says. */
  show(event) {
    this.#sentence.textContent = `Disconnected: ${describeClose(event)}.`;
    this.#button.hidden = false;
  }

  /** Tells something else that did not go as it should, such as a message that was not sent. */
  tell(sentence) {
    this.#sentence.textContent = sentence;
  }

  hide() {
    this.#sentence.textContent = "";
    this.#button.hidden = true;
  }
}
