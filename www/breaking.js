// What happens to a connection when things break?

import { Breakable, HIGH_WATER } from "./breakable.js";
import { ClientPanel } from "./client-panel.js";
import { describeClose, REFRESH } from "./connection.js";
import { writeText } from "./fields.js";
import { addLine } from "./log.js";
import { Notice } from "./notice.js";
import { describeCount } from "./numbered.js";
import { Offering } from "./offering.js";
import { DROP, RESTART, SILENCE, SLOW, SOUND } from "./places.js";
import { Plot } from "./plot.js";
import { AMOUNT, ROUND_TRIP } from "./plotted.js";
import { describeMessages } from "./size.js";
import { Ticks } from "./ticks.js";

/** Lets a visitor break a connection in six ways, and see it come back. */
export function startBreaking(card) {
  const form = document.forms.breaking;
  const traffic = card.querySelector("#breaking-traffic"); // changes ten times a second: not a live region
  const log = (line) => addLine(card.querySelector("#breaking-log"), line);
  const panel = new ClientPanel(card.querySelector(".panel"));
  const notice = new Notice(card.querySelector(".notice"));
  const amounts = new Plot(card.querySelector("#breaking-amount"), { ...AMOUNT, least: 2 * HIGH_WATER });
  const roundTrips = new Plot(card.querySelector("#breaking-round-trip"), ROUND_TRIP);
  /** What is offered to the slow reader, while it is. */
  let offering = null;
  let isRead = false;
  const ticks = new Ticks(() => offering !== null);
  const breakable = new Breakable({ onClient: follow, onCount: hearCount });

  function follow(client) {
    panel.show(client);
    notice.follow(client);
    ticks.follow(client);
    amounts.follow(() => client.bufferedAmount);
    roundTrips.follow(() => (client.state === "open" ? client.stats().roundTrip : null));
    client.addEventListener("open", ({ reconnected }) => {
      log(`[open] ${reconnected ? "again, " : ""}at ${breakable.place.path}`);
      if (breakable.place.waitsForMessage) client.send("now");
      if (breakable.place === SLOW) offer(client);
    });
    client.addEventListener("down", (event) => {
      stopOffering();
      const how = breakable.isReplaced ? "given up, as asked" : describeClose(event);
      log(`[down] ${how}; unconfirmed: ${describeMessages(event.unconfirmed)}`);
    });
    client.addEventListener("retry", ({ attempt, delay }) => log(`[retry] in ${(delay / 1000).toFixed(1)} s, attempt ${attempt}`));
    client.addEventListener("error", ({ error, message }) => {
      log(`[error] ${error.code}: ${message}${error.cause === undefined ? "" : ` (${error.cause})`}`); // what a provider threw
    });
    client.addEventListener("close", (event) => log(`[close] ${describeClose(event)}`));
  }

  async function offer(client) {
    offering = new Offering(client, (purpose) => breakable.noteAsked(purpose));
    try {
      await offering.run();
      log("Everything has left the browser.");
    } catch (error) {
      log(`[send] ${error.code}: ${error.message}`); // the socket is lost, or another button was pressed
    }
  }

  /** The slow reader's answer to a question that was asked for `purpose`. */
  function hearCount(answer, purpose) {
    if (purpose === "end") {
      log(describeCount(answer));
      isRead = true;
    } else if (isRead && purpose === "ping") breakable.leadTo(SOUND); // nothing is unconfirmed now
  }

  function stopOffering() {
    offering?.stop();
    offering = null;
    isRead = false;
  }

  const BUTTONS = {
    drop: ["Drop: the next socket's first message makes the server reset it.", () => breakable.leadTo(DROP)],
    silence: ["Silence: the next socket is never answered. The heartbeat will notice.", () => breakable.leadTo(SILENCE)],
    slow: ["Slow reader: 8 MiB for a server that reads 1 MiB a second.", () => breakable.leadTo(SLOW)],
    token: ["Expired token: a new client signs in with a token for 2 s.", () => breakable.expire()],
    restart: ["Server restart: the next socket's first message makes the server say 1012.", () => breakable.leadTo(RESTART)],
    now: ["Reconnect now.", () => breakable.leadTo(SOUND)],
  };
  for (const [name, [sentence, act]] of Object.entries(BUTTONS)) {
    form[name].addEventListener("click", () => {
      log(sentence);
      stopOffering();
      act();
    });
  }

  form.offline.addEventListener("click", () => {
    stopOffering();
    const isOffline = !breakable.isOffline;
    log(isOffline ? "Offline: this page's clients are told so, and no attempt of this one gets through." : "Online again.");
    form.offline.setAttribute("aria-pressed", String(isOffline));
    breakable.isOffline = isOffline;
  });

  for (const mark of card.querySelectorAll("[data-mark]")) mark.dataset.mark = HIGH_WATER;
  const tellTraffic = () => writeText(traffic, offering?.text ?? ticks.text);
  setInterval(tellTraffic, REFRESH);
  tellTraffic();
}
