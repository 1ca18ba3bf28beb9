// How is one client led into trouble, and out of it again?

import { Client } from "./pkg/everwire.js";
import { COUNT } from "./numbered.js";
import { addressOf, PROTOCOL, SLOW, SOUND } from "./places.js";
import { fetchDayToken, fetchShortToken } from "./tokens.js";

/** A client whose next socket can be led to any place of places.js; the one after that goes to the sound place again. */
export class Breakable {
  client;
  /** Where the latest socket was led. */
  place = SOUND;
  /** Whether the socket that is lost now was given up for another place. */
  isReplaced = false;
  #next = SOUND;
  #isOffline = false;
  /** What the counts were asked for that the slow reader has not answered yet, oldest first. */
  #asked = [];
  #onClient;
  #onCount;

  /** `onClient` is told of each new client, `onCount` what the slow reader has counted and what had been asked for. */
  constructor({ onClient, onCount }) {
    this.#onClient = onClient;
    this.#onCount = onCount;
    this.connect();
  }

  /** Makes a new client in place of the one before, which signs in with what `firstToken` gets. */
  connect(firstToken = fetchDayToken) {
    this.client?.close();
    this.#next = SOUND;
    const token = ({ reason, signal }) => (reason === "first" ? firstToken : fetchDayToken)(signal);
    this.client = new Client(() => this.#address(), {
      protocols: PROTOCOL,
      // insecure: these tokens open nothing but this echo, and the demo may be served over http on a local network
      auth: { via: "protocol", token, insecure: true },
      heartbeat: { ...HEARTBEAT, ping: () => this.#ping(), isPong: (data) => this.#isPong(data) },
      limit: { highWater: HIGH_WATER, lowWater: HIGH_WATER / 4 },
      reconnect: { shouldRetry: (close) => this.#shouldRetry(close) },
    });
    this.client.addEventListener("open", () => (this.isReplaced = false));
    this.#onClient(this.client);
  }

  /** Replaces the socket by one at `place`. */
  leadTo(place) {
    if (this.client.state === "closed") this.connect();
    this.#next = place;
    this.isReplaced = this.client.state === "open";
    this.client.reconnect();
  }

  /** Signs in anew, with a token that soon ends. */
  expire() {
    this.connect(fetchShortToken);
  }

  get isOffline() {
    return this.#isOffline;
  }

  /** A page cannot cut its network. It tells its clients what the browser would, and lets none of its attempts through. */
  set isOffline(isOffline) {
    this.#isOffline = isOffline;
    dispatchEvent(new Event(isOffline ? "offline" : "online"));
    if (isOffline) this.leadTo(SOUND);
  }

  /** Notes what the COUNT just sent is for. */
  noteAsked(what) {
    this.#asked.push(what);
  }

  #address() {
    if (this.#isOffline) throw new Error("offline");
    this.place = this.#next;
    this.#next = SOUND;
    this.#asked = [];
    return addressOf(this.place);
  }

  #ping() {
    if (this.place !== SLOW) return PING;
    this.noteAsked("ping");
    return COUNT; // the one message that the slow reader answers
  }

  #isPong(data) {
    if (this.place !== SLOW) return data === PING; // the sound place echoes it
    const purpose = this.#asked.shift();
    this.#onCount(data, purpose);
    return purpose === "ping";
  }

  /** What was broken on purpose is mended after 3 s, time enough to be seen. Everything else is left to the client. */
  #shouldRetry(close) {
    const onPurpose = this.place !== SOUND && !this.#isOffline && close.code !== TOKEN_REFUSED;
    return onPurpose ? SEEN_DELAY : undefined;
  }
}

/** 1 MiB: little enough that 8 MiB are held back, and one rate of the slow reader, so that it lasts a second. */
export const HIGH_WATER = 1024 ** 2;

/** 0.5 s of silence, then 4 s: so that the plot moves and a silent server is noticed while one looks. The defaults are 25 s and 10 s. */
const HEARTBEAT = { interval: 500, timeout: 4_000 };

const PING = "heartbeat";
const TOKEN_REFUSED = 4401;
const SEEN_DELAY = 3_000;
