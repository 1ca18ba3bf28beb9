// How does the article's chat work?

import { WebSocket } from "./pkg/everwire.js";
import { ClosedNotice } from "./closed.js";
import { ConnectionPanel } from "./connection.js";
import { endpoint } from "./endpoint.js";

/** Connects the chat, and again whenever the button of its closed notice is pressed. */
export function startChat(card) {
  const form = document.forms.publish;
  const hint = card.querySelector("#chat-length");
  const messages = card.querySelector("#messages");
  const panel = new ConnectionPanel(card.querySelector(".panel"));
  const notice = new ClosedNotice(card.querySelector(".closed"), () => {
    connect();
    form.message.focus(); // the button is gone now
  });
  let socket;

  function connect() {
    notice.hide();
    socket = new WebSocket(endpoint("/ws/chat"));
    socket.onmessage = (event) => showMessage(messages, event.data);
    socket.onclose = (event) => notice.show(event);
    panel.show(socket);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault(); // the page stays
    const text = form.message.value;
    if (text.trim() === "") return; // nothing to say
    if (socket.readyState !== WebSocket.OPEN) {
      notice.tell("Not connected: the message was not sent.");
      return; // it stays in the field
    }
    socket.send(text);
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
