// How do facts and wishes reach the engine, and its orders the browser?
//
// Only this calls the engine, by the law that src/web/pump.rs keeps for Rust's callers:
//
// - A fact from the browser waits until nothing else is under way. It is handled, what the engine orders is carried out, and
//   only then is anybody told.
// - A wish (send, close, reconnect) is handled and carried out before its call returns, also inside a listener; its news
//   queue behind those that are being told. Outside, they come in a microtask, so no method ever calls a listener.
// - A question to the caller (a provider, `shouldRetry`, `isPong`) is an order that is answered by a fact. What the caller
//   wishes inside it is done as soon as it has answered: the engine hears the answer first.
// - What the engine has nothing to say to passes without it, and it is told later (engine/client/passing.rs): while a connection
//   only carries messages, and nothing else waits to be done or told.

import { Clock, Timer } from "./clock.js";
import { isMarked, marked, read, unmarked, written } from "./control.js";
import { checkCarriage, placeOf, resolve } from "./dial.js";
import { ARRIVED, ASKED, DELIVERED_UNLESS_PONG, Engine, PONG, tracedInput, tracedOutput } from "./engine.js";
import { EverwireError, failure } from "./error.js";
import { Lines } from "./lines.js";
import { soFar, watchPage } from "./page.js";
import { forget, give, keep, received, toSend } from "./parcel.js";
import { Queue } from "./queue.js";

/** One kept connection: it holds what is the browser's, and tells its news to an ear. */
export class Pump {
  #engine;
  #ear;
  #asked;
  #lines;
  #resends;
  #hasSession;
  #traces;

  #clock = new Clock();
  #timer = new Timer();
  #forgetPage;
  /** Looks whether a socket that failed has closed without a word. */
  #dead;

  /** The address of an attempt is being looked for, the token provider is being asked: whose, and how to take it back. */
  #looking;
  #asking;
  #token;
  /** The session's id; the engine never has it. */
  #session;
  #lastClose = null;
  /** Why no socket or token was to be had, and nobody has been told yet: what a provider threw, or what we refused. */
  #cause;

  #facts = new Queue();
  #wishes = new Queue();
  #orders = new Queue();
  #news = new Queue();
  /** Orders are being carried out; facts are being taken and news told; a microtask will tell them. */
  #isCarrying = false;
  #isRunning = false;
  #isScheduled = false;
  #isOver = false;

  /** What was accepted, by its number, for as long as the engine may want it; and what has just arrived. */
  #messages = new Map();
  #arrived;
  #nextMessage = 0;
  #nextFlush = 0;
  /** The latest message that was handed to the browser. */
  #handed = -1;
  /** What is being sent or flushed this very moment, and how that ended: its caller is told by what the call returns. */
  #sending = {};
  #flushing = {};

  /** Begins to connect, before it returns; or throws what is wrong with what was asked for. */
  constructor({ numbers, asked, resends, hasSession, traces, ...dialling }, ear) {
    const { carriage } = dialling;
    const seed = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
    this.#engine = new Engine(seed, numbers);
    this.#lines = new Lines(dialling);
    try {
      this.#lines.findClass();
      if (carriage) checkCarriage(carriage);
      // what can be known now is said now; what a provider gives is known at its attempt
      for (const known of asked.known()) resolve(known, carriage);
    } catch (error) {
      this.#engine.release();
      throw error;
    }
    this.#ear = ear;
    this.#asked = asked;
    this.#resends = resends;
    this.#hasSession = hasSession;
    this.#traces = traces;
    if (traces) this.#news.put({ trace: { at: 0, began: this.#engine.version, seed: `${seed}`, options: this.#engine.options } });
    this.#forgetPage = watchPage((fact) => this.#fact(() => {
      this.#lookAtClock();
      this.#wishes.put({ in: fact });
    }));
    for (const fact of soFar()) this.#wish({ in: fact });
    this.#wish({ in: "Connect" });
  }

  // ── wishes ──

  /** `undefined`: it was handed over; a number: it waits; a string: why it will not be sent. */
  send(data, ttl, volatile, acknowledged) {
    if (ttl !== undefined && !(typeof ttl === "number" && ttl >= 0)) {
      throw new EverwireError("misuse/option", "ttl must be a number of at least 0 (milliseconds)");
    }
    if (acknowledged && !this.#hasSession) throw new EverwireError("misuse/option", "acknowledged needs the option session");
    const parcel = toSend(data);
    if (ttl === undefined && !volatile && !acknowledged && this.#handsOver(parcel)) return undefined;
    const id = this.#nextMessage++;
    this.#messages.set(id, parcel);
    const { kind, size } = parcel;
    const outer = this.#sending; // one inside another: a question that is asked meanwhile may send, too
    const sending = this.#sending = { id };
    this.#wish({ in: "Send", id, kind, size, ttl: ttl === undefined ? undefined : Math.ceil(ttl * 1_000), volatile: Boolean(volatile), acknowledged: Boolean(acknowledged) });
    this.#sending = outer;
    // it waits, or may be sent again
    if (this.#handed < id || (this.#resends && this.#messages.has(id))) keep(parcel);
    return sending.isOver ? sending.dropped : id;
  }

  takeBack(id) { this.#wish({ in: "TakeBack", id }); }

  /** `undefined`: all has left; `false`: that cannot be known; a number: it is under way. */
  flush() {
    const id = this.#nextFlush++;
    const outer = this.#flushing;
    const flushing = this.#flushing = { id };
    this.#wish({ in: "Flush", id });
    this.#flushing = outer;
    if (!flushing.isOver) return id;
    return flushing.complete ? undefined : false;
  }

  reconnect() { this.#wish({ in: "Connect" }); }

  /** Code and reason are in order. Without a code the peer sees 1005. */
  close(code, reason) { this.#wish({ in: "Disconnect", code, reason: code === undefined ? undefined : reason }); }

  /** Nobody is there for it any more. */
  release() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#letGo();
    this.#messages.clear();
    this.#engine.release();
  }

  // ── what passes without the engine ──

  /** Around which time, if so; `isAllowed`: the engine has said so. */
  #mayPass(isAllowed) {
    if (!isAllowed || this.#isCarrying || this.#isOver || this.#traces) return undefined;
    const now = this.#clock.around();
    return now < this.#engine.deadline ? now : undefined;
  }

  /** Whether the browser has taken it; else the engine is asked. */
  #handsOver(parcel) {
    const { mayPass } = this.#engine;
    const now = this.#mayPass(mayPass >= 0);
    const before = this.#lines.bufferedAmount;
    if (now === undefined || before > mayPass || !this.#engine.hasRoomFor(parcel.size)) return false;
    const id = this.#nextMessage++;
    this.#isCarrying = true; // a class that is not the browser's may call us while we call it
    let bytes;
    try {
      bytes = this.#lines.send(this.#marking(parcel), before);
    } catch {
      return false;
    } finally {
      this.#isCarrying = false;
    }
    const isBehind = this.#engine.passed(now, parcel, id, before, bytes);
    if (this.#resends) {
      this.#messages.set(id, parcel);
      keep(parcel);
    }
    if (isBehind || !this.#facts.isEmpty || !this.#wishes.isEmpty) this.#wish({ in: "Elapsed" });
    return true;
  }

  /** Whether it was told, or recognised; else the engine is asked. */
  #delivers(socket, data) {
    if (this.#isRunning || !this.#facts.isEmpty || !this.#news.isEmpty || !this.#lines.isCurrent(socket)) return false;
    const { arrivals } = this.#engine;
    const now = this.#mayPass(arrivals !== ASKED);
    if (now === undefined) return false;
    this.#isRunning = true;
    try {
      this.#isCarrying = true; // what is wished inside the question is done when it is answered
      const isPong = arrivals === DELIVERED_UNLESS_PONG && this.#asked.isPong(data);
      this.#isCarrying = false;
      // a round trip is measured
      const isBehind = this.#engine.passed(isPong ? this.#clock.now() : now, received(data), isPong ? PONG : ARRIVED);
      if (isBehind || !this.#wishes.isEmpty) this.#wish({ in: "Elapsed" });
      if (!isPong) this.#ear.message(data);
    } finally {
      this.#isRunning = false;
    }
    if (!this.#news.isEmpty || !this.#facts.isEmpty) this.#run();
    return true;
  }

  // ── questions ──

  get state() { return this.#engine.state; }

  /** What a drop-in says of it: while it waits, it connects. */
  get readyState() { return { connecting: 0, waiting: 0, open: 1, closing: 2, closed: 3 }[this.state]; }

  get url() { return this.#lines.url; }
  get protocol() { return this.#lines.protocol; }
  get extensions() { return this.#lines.extensions; }

  get binaryType() { return this.#lines.binaryType; }
  set binaryType(type) { this.#lines.binaryType = type; }

  get bufferedAmount() { return this.#engine.stats().queuedBytes + this.#lines.bufferedAmount; }

  get stats() {
    const { roundTrip = null, connectedSince = null, ...counts } = this.#engine.stats();
    return {
      ...counts,
      roundTrip: roundTrip && roundTrip / 1_000,
      connectedSince: connectedSince && this.#clock.dateOf(connectedSince),
    };
  }

  // ── the law ──

  #wish(wish) {
    if (this.#isOver) return; // the engine's number may be another's
    this.#wishes.put(wish);
    this.#settle();
    const isOwed = !this.#news.isEmpty || !this.#facts.isEmpty;
    if (!isOwed || this.#isRunning || this.#isCarrying || this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#run();
    });
  }

  #fact(fact) {
    if (this.#isOver) return;
    this.#facts.put(fact);
    if (!this.#isCarrying) this.#run(); // else a class that is not the browser's calls us while we call it
  }

  /** Tells what there is to tell, then takes the next fact, until there is neither. */
  #run() {
    if (this.#isRunning) return; // a listener's doing: whoever runs it goes on
    this.#isRunning = true;
    try {
      for (;;) {
        const news = this.#news.take();
        if (news) {
          this.#tell(news);
          continue;
        }
        const fact = this.#isOver ? undefined : this.#facts.take();
        if (!fact) break;
        fact();
        this.#settle();
        this.#arrived = undefined; // it may be large, and is somebody else's now
      }
    } finally { // a class that is not the browser's may throw anywhere: that is one fact lost, not all that follow
      this.#isRunning = false;
    }
  }

  /** Handles what is wished and carries out what is ordered, in turns, until there is neither. */
  #settle() {
    if (this.#isCarrying) return; // the caller's code, inside a question: whoever asked goes on
    this.#isCarrying = true;
    try {
      for (;;) {
        const order = this.#orders.take();
        if (order) {
          this.#carryOut(order);
          continue;
        }
        const wish = this.#wishes.take();
        if (!wish) break;
        this.#handle(wish, this.#lines.open);
      }
    } finally {
      this.#isCarrying = false;
    }
    this.#setTimer();
  }

  /** `open`: the socket whose buffer the engine hears of before, if one is open. */
  #handle(input, open) {
    if (this.#traces && open !== undefined) {
      this.#tellBuffered();
      open = undefined;
    }
    this.#now = this.#clock.now();
    if (this.#traces) this.#news.put({ trace: tracedInput(this.#now, input) });
    const bytes = open === undefined ? 0 : this.#lines.bufferedAmount;
    this.#engine.handle(this.#now, open, bytes, input, this.#ordered, this.#forgotten);
  }

  // what the engine calls: not made anew for each input
  #now;
  #ordered = (order, fields) => {
    if (this.#traces) this.#news.put({ trace: tracedOutput(this.#now, order, fields) });
    // what is not numbered has just arrived
    if (order.kind) order.parcel = this.#messages.get(order.id) ?? this.#arrived;
    if (order.out === "Dropped") give(order.parcel);
    this.#orders.put(order);
  };
  #forgotten = (id) => {
    const parcel = this.#messages.get(id);
    if (!parcel) return; // it passed, and is not sent again
    this.#messages.delete(id);
    if (parcel.copy) this.#orders.put({ out: "Forget", parcel }); // what is ordered of it comes first
  };

  #tellBuffered() {
    const socket = this.#lines.open;
    if (socket !== undefined) this.#handle({ in: "Buffered", socket, bytes: this.#lines.bufferedAmount });
  }

  /** The engine hears of a sleep before anything else at the time that has jumped, and before it what the buffer was. */
  #lookAtClock() {
    this.#tellBuffered();
    const hasSlept = this.#clock.hasSlept();
    if (hasSlept) this.#handle({ in: "Woke" });
    return hasSlept;
  }

  #setTimer() {
    const now = this.#now; // of what was handled last: to ask for it anew costs as much as the rest
    // while it is open somebody must notice that the machine slept
    const at = this.state === "open" ? Math.min(this.#engine.deadline, now + LOOK) : this.#engine.deadline;
    if (at === Infinity) this.#timer.forget();
    else this.#timer.set(at, now, () => this.#fact(() => this.#onTimer()));
  }

  #onTimer() {
    const late = this.#timer.lateness(this.#clock.now());
    this.#timer.forget();
    // where the steady clock runs on in its sleep, only this tells
    if (!this.#lookAtClock() && late > LATE) this.#handle({ in: "Woke" });
    this.#wishes.put({ in: "Elapsed" });
  }

  // ── what the browser says of a socket ──

  #opened(socket) {
    if (!this.#lines.isCurrent(socket)) return; // it was given up
    this.#lines.opened(this.#token ?? "");
    if (this.#lines.isAgreed) this.#handle({ in: "Agreed", socket });
    this.#handle({ in: "Opened", socket });
  }

  #received(socket, data) {
    if (!this.#lines.isCurrent(socket)) return;
    this.#arrived = received(data);
    const { kind, size } = this.#arrived;
    this.#wishes.put({ in: "Received", socket, kind, size });
  }

  /** In a session: a control frame, or a text that was marked since it looks like one. */
  #marked(socket, text) {
    const message = unmarked(text);
    if (message !== undefined) return this.#delivers(socket, message) || this.#fact(() => this.#received(socket, message));
    this.#fact(() => {
      if (!this.#lines.isCurrent(socket)) return;
      const known = this.#asked.known();
      const frame = read(text, { session: this.#session, offer: this.#lines.offer, placeOf: (url) => 1 + placeOf(url, known) });
      if (frame.type === "welcome") {
        this.#session = frame.session;
        this.#lines.protocol = frame.protocol ?? "";
      }
      this.#wishes.put({ in: "Control", socket, ...frame });
    });
  }

  #closed(socket, code, reason, wasClean) {
    const isCurrent = this.#lines.isCurrent(socket);
    const unsent = this.#lines.closed(socket);
    if (unsent === undefined) return;
    if (isCurrent) {
      clearTimeout(this.#dead);
      this.#lastClose = { code, reason, wasClean };
    }
    this.#handle({ in: "Closed", socket, code, reason, wasClean, unsent });
  }

  // ── orders ──

  /** Its answer, where it wants one, is handled before anything else. */
  #carryOut(order) {
    const { out, socket, ask, attempt } = order;
    if (order.isNews) return this.#tellLater(order);
    switch (out) {
      case "Aim": return this.#aim(order);
      case "Open": return this.#open(socket, attempt);
      case "Transmit": return this.#handle(this.#transmit(order));
      case "Forget": return forget(order.parcel);
      case "Close": return this.#hangUp(order);
      case "FetchToken": return this.#fetchToken(order);
      case "CancelToken": return this.#cancelToken(ask);
      case "Judge": {
        const { kind, size, parcel } = order;
        const verdict = this.#judge(order);
        this.#arrived = parcel;
        return this.#handle({ in: "Judged", socket, kind, size, verdict });
      }
      case "AskRetry": {
        const { code, reason, wasClean } = order;
        return this.#handle({ in: "Advised", socket, ...this.#asked.shouldRetry({ code, reason, wasClean }, attempt) });
      }
    }
  }

  #tellLater(news) {
    const { out, id } = news;
    if (out === "Settled" && this.#sending.id === id) {
      this.#sending.isOver = true;
      this.#sending.dropped = news.error;
    } else if (out === "Settled") this.#ear.settled(id, news.error);
    else if (out === "Flushed" && this.#flushing.id === id) Object.assign(this.#flushing, { isOver: true, complete: news.complete });
    else if (out === "Flushed") this.#ear.flushed(id, news.complete);
    else {
      const { code, reason, wasClean } = news;
      if (out === "Down" || out === "Closed") this.#lastClose = { code, reason, wasClean };
      if (out === "Error" && CAUSED.includes(news.error)) {
        news.cause = this.#cause;
        this.#cause = undefined;
      }
      this.#news.put(news);
      if (out === "Closed") this.#letGo();
    }
  }

  #tell(news) {
    const ear = this.#ear;
    if (news.trace) return this.#asked.trace(news.trace);
    const { code, reason, wasClean, attempt } = news;
    switch (news.out) {
      case "State": return ear.state();
      case "Open": return ear.open(attempt, news.reconnected, news.resumed);
      case "Gap": return ear.gap(news.received, news.missed ?? null);
      case "Message": return ear.message(news.parcel.value);
      case "Down": return ear.down(code, reason, wasClean, news.willRetry, news.messages, news.bytes);
      case "Retry": return ear.retry(attempt, news.delay / 1_000);
      case "Error": return ear.error(failure(news));
      case "Dropped": return ear.drop(give(news.parcel), news.error);
      case "Drain": return ear.drain();
      case "Closed": return ear.closed(code, reason, wasClean);
    }
  }

  /** Closed for good: nothing that the browser or the page may still say is of any interest. */
  #letGo() {
    const questions = [this.#looking, this.#asking];
    this.#looking = this.#asking = this.#token = undefined;
    this.#forgetPage();
    this.#timer.forget();
    clearTimeout(this.#dead);
    this.#facts.clear();
    this.#lines.letGo();
    for (const question of questions) question?.takeBack();
  }

  // ── a socket ──

  #aim({ place, offersSession }) {
    this.#asked.place = place;
    this.#lines.offersSession = offersSession;
  }

  #open(socket, attempt) {
    this.#cause = undefined;
    this.#lines.part();
    const question = this.#asked.ask(
      undefined, attempt, this.#lastClose,
      (destination) => {
        this.#looking = undefined;
        this.#dial(socket, destination);
      },
      (thrown) => {
        this.#looking = undefined;
        this.#fail(socket, { thrown });
      },
    );
    this.#looking = question && { socket, ...question };
  }

  #dial(socket, destination) {
    try {
      this.#lines.dial(socket, destination, this.#token ?? "", {
        opened: () => this.#fact(() => this.#opened(socket)),
        received: (data) => isMarked(data) && this.#lines.isCurrent(socket) && this.#lines.isAgreed ? this.#marked(socket, data) : this.#delivers(socket, data) || this.#fact(() => this.#received(socket, data)),
        // a close event follows, and says more; where a page's policy forbids the connection, Chromium and WebKit send none
        failed: () => {
          this.#dead = setTimeout(() => this.#fact(() => this.#lines.isDead(socket) && this.#closed(socket, 1006, "", false)));
        },
        closed: (code, reason, wasClean) => this.#fact(() => this.#closed(socket, code, reason, wasClean)),
      });
    } catch (refused) {
      this.#fail(socket, { refused });
    }
  }

  #fail(socket, cause) {
    this.#cause = cause;
    this.#answer({ in: "NotOpened", socket });
  }

  #hangUp({ socket, code, reason }) {
    if (this.#looking?.socket === socket) {
      const question = this.#looking;
      this.#looking = undefined;
      question.takeBack();
      return this.#handle({ in: "NotOpened", socket });
    }
    this.#lines.hangUp(socket, code, reason);
  }

  // ── what is handed over ──

  #transmit(order) {
    const { socket, frame, id, parcel } = order;
    const failed = { in: "NotTransmitted", socket };
    try {
      const isMessage = frame === "Message";
      const wire = isMessage ? this.#marking(parcel) : toSend(this.#lines.isAgreed ? written(order, this.#session, this.#token) : this.#said(frame));
      if (!this.#lines.isCurrent(socket)) return failed; // a callback closed it
      const bytes = this.#lines.send(wire);
      if (isMessage) this.#handed = id;
      return { in: "Transmitted", socket, bytes };
    } catch (thrown) {
      if (thrown instanceof EverwireError) this.#cause = { refused: thrown };
      return failed;
    }
  }

  #said(frame) { return frame === "Ping" ? this.#asked.ping() : this.#asked.message(this.#token); }

  #marking(parcel) { return this.#lines.isAgreed && isMarked(parcel.value) ? toSend(marked(parcel.value)) : parcel; }

  // ── what is asked ──

  #judge({ reply, pong, parcel: { value } }) {
    const isAccepted = reply ? this.#asked.reply(value) : undefined;
    if (isAccepted !== undefined) return isAccepted ? "accepted" : "refused";
    return pong && this.#asked.isPong(value) ? "pong" : "message";
  }

  #fetchToken({ ask, reason, attempt }) {
    this.#cause = undefined;
    const question = this.#asked.ask(
      reason, attempt, this.#lastClose,
      // the token stays here; the engine only hears how long it is good for
      ([value, date]) => {
        this.#asking = undefined;
        this.#token = value;
        this.#answer({ in: "Token", ask, expires: Number.isFinite(date) ? this.#clock.atDate(date) : undefined });
      },
      (thrown) => {
        this.#asking = undefined;
        this.#cause = { thrown };
        this.#answer({ in: "NoToken", ask });
      },
    );
    this.#asking = question && { ask, ...question };
  }

  #cancelToken(ask) {
    if (this.#asking?.ask !== ask) return;
    const question = this.#asking;
    this.#asking = undefined;
    question.takeBack();
  }

  /** Inside an order it is handled at once; from a task of its own it is a fact like any other. */
  #answer(input) {
    if (this.#isCarrying) this.#handle(input);
    else this.#fact(() => this.#wishes.put(input));
  }
}

const CAUSED = ["unavailable/connect", "unavailable/token"];

/** How often somebody looks at the clock while a connection is open: what slept is noticed within this long. */
const LOOK = 60_000_000;
/** A timer later than this was slept through: a hidden page's comes within a minute and a second. */
const LATE = 120_000_000;
