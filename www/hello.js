// How does the article's first example run?

import { WebSocket } from "./pkg/everwire.js";
import { ConnectionPanel } from "./connection.js";
import { endpoint } from "./endpoint.js";
import { addLine } from "./log.js";

/** Runs hello once, and again whenever it is over and the form is submitted. */
export function startHello(card) {
  const form = document.forms.greeting;
  const button = form.querySelector("button");
  const lines = card.querySelector("#hello-log");
  const panel = new ConnectionPanel(card.querySelector(".panel"));
  let socket = null;

  function run() {
    lines.replaceChildren();
    // not `disabled`: that would take the focus away from whoever pressed it
    button.setAttribute("aria-disabled", "true");
    socket = sayHello(form.text.value, (line) => addLine(lines, line));
    socket.addEventListener("close", () => button.removeAttribute("aria-disabled"));
    panel.show(socket);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (socket.readyState === WebSocket.CLOSED) run();
  });
  run();
}

/** The article's example, its alerts written to `log`. */
function sayHello(text, log) {
  const socket = new WebSocket(endpoint("/ws/hello"));

  socket.onopen = () => {
    log("[open] Connection established");
    log("Sending to server");
    socket.send(text);
  };

  socket.onmessage = (event) => {
    log(`[message] Data received from server: ${event.data}`);
  };

  socket.onclose = (event) => {
    if (event.wasClean) {
      log(`[close] Connection closed cleanly, code=${event.code} reason=${event.reason}`);
    } else {
      // the server's process was killed, or the network is down: the code is usually 1006
      log("[close] Connection died");
    }
  };

  socket.onerror = () => {
    log("[error] The connection failed; a browser tells a page no more than that");
  };

  return socket;
}
