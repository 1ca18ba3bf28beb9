// What happens when the other side reads slowly?

import { WebSocket } from "./pkg/everwire.js";
import { ClosedNotice } from "./closed.js";
import { ConnectionPanel } from "./connection.js";
import { endpoint } from "./endpoint.js";
import { COUNT, describeCount, makeMessage, MESSAGE_BYTES } from "./numbered.js";
import { Plot } from "./plot.js";
import { AMOUNT } from "./plotted.js";
import { describeBytes } from "./size.js";

/** Sends to a slow reader, carelessly or as the article does, and draws what piles up. */
export function startPressure(card) {
  const { rate, burst, loop } = document.forms.pressure;
  const count = card.querySelector("#pressure-count"); // changes ten times a second: not a live region
  const answer = card.querySelector("#pressure-answer");
  const panel = new ConnectionPanel(card.querySelector(".panel"));
  const plot = new Plot(card.querySelector("figure"), AMOUNT);
  const notice = new ClosedNotice(card.querySelector(".closed"), () => {
    connect();
    burst.focus(); // the notice's own button is gone now
  });
  let socket = null;
  let sent = 0;
  let timer = null;

  function connect() {
    stopLoop();
    notice.hide();
    sent = 0;
    answer.textContent = "";
    const opened = new WebSocket(endpoint("/ws/fault/slow", { rate: rate.value }));
    opened.onmessage = (event) => {
      answer.textContent = describeCount(event.data);
    };
    opened.onclose = (event) => {
      if (opened !== socket) return; // given up for one with another rate
      stopLoop();
      const left = opened.bufferedAmount;
      answer.textContent = left === 0 ? "" : `${describeBytes(left)} never left the browser.`;
      notice.show(event);
    };
    socket = opened;
    panel.show(socket);
    plot.follow(() => opened.bufferedAmount);
    tell();
  }

  function send() {
    socket.send(makeMessage(sent));
    sent += 1;
  }

  function tell() {
    count.textContent = sent === 0 ? "" : `Sent ${sent} messages, ${describeBytes(sent * MESSAGE_BYTES)}.`;
  }

  /** Asks the server for its count; it answers when it has read all that was sent before. */
  function ask() {
    answer.textContent = "The server is still reading.";
    socket.send(COUNT);
  }

  function stopLoop() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    loop.setAttribute("aria-pressed", "false");
    if (socket.readyState === WebSocket.OPEN) ask();
  }

  burst.addEventListener("click", () => {
    if (socket.readyState !== WebSocket.OPEN) return tellNotOpen();
    for (let message = 0; message < BURST_MESSAGES; message++) send();
    tell();
    ask();
  });

  loop.addEventListener("click", () => {
    if (timer !== null) return stopLoop();
    if (socket.readyState !== WebSocket.OPEN) return tellNotOpen();
    answer.textContent = "";
    loop.setAttribute("aria-pressed", "true");
    // the article: every 100 ms, if the buffer is empty, send more
    timer = setInterval(() => {
      if (socket.bufferedAmount === 0) {
        send();
        tell();
      }
    }, 100);
  });

  function tellNotOpen() {
    answer.textContent = "Not connected: nothing was sent.";
  }

  rate.addEventListener("change", () => {
    socket.close();
    connect();
  });
  connect();
}

/** 256 × 64 KiB = 16 MiB: several times what the buffers of both kernels take, so that the rest must wait in the browser. */
const BURST_MESSAGES = 256;
