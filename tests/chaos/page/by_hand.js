// How little does a client need to speak everwire.1?
//
// PROTOCOL.md, read and followed by hand over the browser's own WebSocket: the least that loses nothing, to hold the page
// against. It signs nobody in, gives its session up only when it is told to, and tries its addresses in turn.

const MARK = "\0";
const PROTOCOL = "everwire.1";

export class ByHand {
  #told;
  #socket;
  #isOver = false;
  /** While there is a welcome on the current socket. */
  #terms;
  #session;
  /** So many it has opened for this session. */
  #sockets = 0;
  /** Messages that have a number and are not acknowledged, the first of which has `#acknowledged` + 1. */
  #kept = [];
  #keptBytes = 0;
  #acknowledged = 0;
  #received = 0;
  /** What the server does not know that we have: messages, bytes, and when it must hear of them. */
  #owed = { messages: 0, bytes: 0, timer: undefined };
  #room = Promise.resolve();
  #onRoom = () => {};
  #turn = 0;
  #failures = 0;
  #patience;
  #lastHeard = 0;
  #beat;

  constructor(told) {
    this.#told = told;
    this.#connect();
  }

  /** Resolves when the server may be sent more. */
  async send(data) {
    while (!this.#hasRoom()) {
      this.#room = new Promise((resolve) => (this.#onRoom = resolve));
      await this.#room;
    }
    const escaped = typeof data === "string" && data.startsWith(MARK) ? MARK + data : data;
    const size = typeof data === "string" ? data.length * 3 : data.byteLength; // at most, of text
    this.#kept.push({ data: escaped, size });
    this.#keptBytes += size;
    this.#socket.send(escaped);
  }

  /** The session is over for good. */
  close() {
    if (this.#terms) this.#say({ type: "bye" });
    this.#isOver = true;
    clearInterval(this.#beat);
    clearTimeout(this.#owed.timer);
    this.#terms = undefined;
  }

  #hasRoom() {
    if (!this.#terms) return false;
    const { mostMessages, mostBytes } = this.#terms;
    return this.#kept.length < mostMessages && (this.#keptBytes < mostBytes - LARGEST || this.#kept.length === 0);
  }

  // ── sockets ──

  #connect() {
    const { urls } = this.#told;
    const socket = new WebSocket(urls[this.#turn++ % urls.length], [PROTOCOL]);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#patience = setTimeout(() => this.#lose(socket), PATIENCE);
    socket.onopen = () => {
      const session = this.#session;
      if (session) this.#sockets += 1;
      this.#say({ type: "hello", ...(session && { session, socket: this.#sockets, received: this.#received }) });
    };
    socket.onmessage = ({ data }) => {
      this.#lastHeard = performance.now();
      this.#hear(data);
    };
    socket.onclose = ({ code, reason }) => this.#lose(socket, code, reason);
  }

  /** Nothing of this socket counts any more. */
  #lose(socket, code = 1006, reason = "") {
    if (socket !== this.#socket) return;
    this.#socket = this.#terms = undefined;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    clearTimeout(this.#patience);
    clearInterval(this.#beat);
    clearTimeout(this.#owed.timer);
    this.#owed = { messages: 0, bytes: 0, timer: undefined }; // the next hello says it
    if (this.#isOver) return;
    if (FATAL.includes(code)) return this.#told.onTrouble(`closed for good: ${code} ${reason}`);
    this.#failures += 1;
    const most = code === 1013 ? 2_000 : Math.min(1_000, 20 * 2 ** this.#failures);
    setTimeout(() => this.#connect(), Math.random() * most);
  }

  /** A socket that says nothing for a while is asked, and then given up. */
  #watch(socket) {
    let asked = 0;
    this.#beat = setInterval(() => {
      const silence = performance.now() - this.#lastHeard;
      if (silence < SILENCE) asked = 0;
      else if (asked === 0) {
        asked = performance.now();
        this.#say({ type: "ping" });
      } else if (performance.now() - asked >= SILENCE) this.#lose(socket);
    }, SILENCE / 4);
  }

  // ── what is on the wire ──

  #hear(data) {
    if (typeof data !== "string" || !data.startsWith(MARK)) return this.#take(data, data);
    if (data[1] === MARK) return this.#take(data, data.slice(1));
    const frame = JSON.parse(data.slice(1));
    switch (frame.type) {
      case "welcome":
        return this.#onWelcome(frame);
      case "ack":
        return this.#onAck(frame.received);
      case "ping":
        this.#acknowledge();
        return this.#say({ type: "pong" });
      case "pong":
      case "bye": // it closes by itself, and we come back
        return;
      default:
        this.#told.onTrouble(`a frame that is not taken here: ${data.slice(1)}`);
    }
  }

  #onWelcome(welcome) {
    const isNew = !welcome.resumed;
    if (isNew && this.#session) this.#told.onTrouble(`the session is gone: ${this.#kept.length} messages in doubt`);
    if (isNew) {
      this.#session = welcome.session;
      this.#sockets = 1;
      this.#kept = [];
      this.#keptBytes = this.#acknowledged = this.#received = 0;
    }
    clearTimeout(this.#patience);
    this.#failures = 0;
    this.#terms = welcome;
    this.#onAck(welcome.received);
    for (const { data } of this.#kept) this.#socket.send(data);
    this.#watch(this.#socket);
    this.#told.onOpen(welcome.resumed);
    this.#onRoom();
  }

  #onAck(received) {
    const gone = this.#kept.splice(0, received - this.#acknowledged);
    for (const { size } of gone) this.#keptBytes -= size;
    if (received - this.#acknowledged !== gone.length) this.#told.onTrouble(`${received} acknowledged, which cannot be`);
    this.#acknowledged = received;
    if (this.#hasRoom()) this.#onRoom();
  }

  #take(travelled, message) {
    this.#received += 1;
    const owed = this.#owed;
    owed.messages += 1;
    owed.bytes += typeof travelled === "string" ? travelled.length : travelled.byteLength;
    const { ackMessages, ackBytes, ackAfter } = this.#terms;
    if (owed.messages >= ackMessages || owed.bytes >= ackBytes) this.#acknowledge();
    else owed.timer ??= setTimeout(() => this.#acknowledge(), ackAfter);
    this.#told.onMessage(message);
  }

  #acknowledge() {
    if (this.#owed.messages === 0) return;
    clearTimeout(this.#owed.timer);
    this.#owed = { messages: 0, bytes: 0, timer: undefined };
    this.#say({ type: "ack", received: this.#received });
  }

  #say(frame) {
    this.#socket.send(MARK + JSON.stringify(frame));
  }
}

/** 3 s for a handshake and a welcome; the tests' servers are near. */
const PATIENCE = 3_000;
/** 1 s of silence, and 1 s more for the answer. */
const SILENCE = 1_000;
/** Room for one of these is kept, since what is larger than all may only go alone. */
const LARGEST = 262_144;
/** PROTOCOL.md's table: whoever comes back would do harm, or the same again. */
const FATAL = [4401, 4403, 4409, 4500, 4501];
