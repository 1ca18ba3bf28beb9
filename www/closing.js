// How does a connection begin, and in how many ways does it end?

import { WebSocket } from "./pkg/everwire.js";
import { ConnectionPanel, describeClose } from "./connection.js";
import { endpoint } from "./endpoint.js";
import { addLine } from "./log.js";

/** Lets a visitor offer subprotocols, and end a connection from here, from there, or by cutting it. */
export function startClosing(card) {
  const offer = document.forms.offer;
  const hangup = document.forms.hangup;
  const panel = new ConnectionPanel(card.querySelector(".panel"));
  const log = (line) => addLine(card.querySelector("#closing-log"), line);
  let socket = null;

  /** Opens `path` in place of the connection before; what the page did wrong is told, not thrown. */
  function connect(path, parameters, protocols) {
    leave();
    log(`Connecting to ${path}`);
    try {
      socket = new WebSocket(endpoint(path, parameters), protocols);
    } catch (error) {
      log(`${error.name}: ${error.message}`); // a subprotocol that is none
      return;
    }
    socket.onopen = ({ target }) => log(`[open] ${target.protocol ? `protocol ${target.protocol}` : "no protocol"}`);
    socket.onmessage = (event) => log(`[message] ${event.data}`);
    socket.onerror = () => log("[error] The connection failed: the server refused it, or was not reached, or it broke");
    socket.onclose = (event) => log(`[close] ${describeClose(event)}, ${event.wasClean ? "clean" : "not clean"}`);
    panel.show(socket);
  }

  /** The connection before says no more: its close would read like that of the next. */
  function leave() {
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onerror = socket.onclose = null;
    socket.close(1000, "another connection");
  }

  offer.addEventListener("submit", (event) => {
    event.preventDefault();
    connect("/ws/protocol", {}, splitList(offer.protocols.value));
  });

  hangup.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = hangup.code.value.trim();
    const reason = hangup.reason.value;
    if (event.submitter?.value === "there") connect("/ws/fault/close", code === "" ? {} : { code, reason });
    else if (event.submitter?.value === "cut") connect("/ws/fault/reset");
    else closeHere(code, reason); // the first button, and Enter in a field
  });

  function closeHere(code, reason) {
    if (socket === null || socket.readyState >= WebSocket.CLOSING) {
      log("There is no connection to close: connect first.");
      return;
    }
    try {
      if (code === "") socket.close();
      else socket.close(Number(code), reason);
    } catch (error) {
      log(`${error.name}: ${error.message}`); // a code or a reason that a page may not send
    }
  }
}

/** `"soap, wamp"` as `["soap", "wamp"]`. */
function splitList(text) {
  return text.split(",").map((name) => name.trim()).filter((name) => name !== "");
}
