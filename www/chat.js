// How does the article's chat work, and outlive a server that restarts?

import { Client } from "./pkg/everwire.js";
import { ClientPanel } from "./client-panel.js";
import { endpoint } from "./endpoint.js";
import { Notice } from "./notice.js";

/** Connects the chat; what is sent while there is no connection waits for the next one. */
export function startChat(card) {
  const form = document.forms.publish;
  const hint = card.querySelector("#chat-length");
  const messages = card.querySelector("#messages");
  const panel = new ClientPanel(card.querySelector(".panel"));
  const notice = new Notice(card.querySelector(".notice"), { again: connect, rest: form.message });
  let client;

  function connect() {
    // no heartbeat: the endpoint knows no ping, and every visitor would read ours
    client = new Client(endpoint("/ws/chat"));
    client.addEventListener("message", (event) => showMessage(messages, event.data));
    panel.show(client);
    notice.follow(client);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault(); // the page stays
    const text = form.message.value;
    if (text.trim() === "") return; // nothing to say
    if (client.state === "closed") return; // the notice says so, and the text stays in the field
    client.send(text);
    form.message.value = "";
    hint.textContent = describeLength("");
    form.message.focus();
  });

  form.message.addEventListener("input", () => {
    hint.textContent = describeLength(form.message.value);
  });

  connect();
}

/** Puts `text` first, as text: no markup in it is ever interpreted. */
function showMessage(messages, text) {
  const div = document.createElement("div");
  div.textContent = text;
  messages.prepend(div);
  while (messages.childElementCount > MOST_MESSAGES) messages.lastElementChild.remove();
}

function describeLength(text) {
  const length = [...text].length; // as the server counts: an emoji is one
  if (length === 0) return `The server keeps the first ${KEPT} characters.`;
  return `${length} of ${KEPT} characters${length > KEPT ? ": the rest will be cut" : ""}.`;
}

/** 50: what the article's server keeps of a message. */
const KEPT = 50;

/** 200: some screens to scroll back; a busy chat must not grow the page for ever. */
const MOST_MESSAGES = 200;
