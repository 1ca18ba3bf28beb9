// How does the article's first example run?

import { Client } from "./pkg/everwire.js";
import { ClientPanel } from "./client-panel.js";
import { endpoint } from "./endpoint.js";
import { addLine } from "./log.js";

/** Runs hello once, and again whenever it is over and the form is submitted. */
export function startHello(card) {
  const form = document.forms.greeting;
  const button = form.querySelector("button");
  const lines = card.querySelector("#hello-log");
  const panel = new ClientPanel(card.querySelector(".panel"));
  let client = null;

  function run() {
    lines.replaceChildren();
    // not `disabled`: that would take the focus away from whoever pressed it
    button.setAttribute("aria-disabled", "true");
    client = sayHello(form.text.value, (line) => addLine(lines, line));
    client.addEventListener("close", () => button.removeAttribute("aria-disabled"));
    panel.show(client);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (client.state === "closed") run();
  });
  run();
}

/** The article's example, its alerts written to `log`: one connection, and its end is the end. */
function sayHello(text, log) {
  const client = new Client(endpoint("/ws/hello"), { reconnect: false });

  client.addEventListener("open", () => {
    log("[open] Connection established");
    log("Sending to server");
    client.send(text);
  });

  client.addEventListener("message", (event) => {
    log(`[message] Data received from server: ${event.data}`);
  });

  client.addEventListener("close", (event) => {
    if (event.wasClean) {
      log(`[close] Connection closed cleanly, code=${event.code} reason=${event.reason}`);
    } else {
      // the server's process was killed, or the network is down: the code is usually 1006
      log("[close] Connection died");
    }
  });

  client.addEventListener("error", (event) => {
    log(`[error] ${event.message}`);
  });

  return client;
}
