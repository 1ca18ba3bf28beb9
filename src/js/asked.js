// What is a caller asked, and what does the answer say?

import { EverwireError, report } from "./error.js";

/** The functions that a caller gave, and what stands for those that it did not. */
export class Asked {
  /** Which of several addresses is tried. */
  place = 0;
  #urls;
  #protocols;
  #callbacks;

  constructor(url, protocols, callbacks) {
    this.#urls = Array.isArray(url) ? url : [url];
    this.#protocols = protocols;
    this.#callbacks = callbacks;
  }

  /** The addresses, each with the subprotocols, where no provider need be asked for them. */
  known() {
    const isFixed = typeof this.#urls[0] !== "function" && typeof this.#protocols !== "function";
    return isFixed ? this.#urls.map((url) => destination([url, this.#protocols])) : [];
  }

  /**
   * Asks the token provider (with its reason), or those of the address and the subprotocols, and calls `answered(what)` or
   * `failed(thrown)`: before it returns where they answer at once. Else it gives back the question, which may be taken back.
   */
  ask(reason, attempt, lastClose, answered, failed) {
    const controllers = [];
    const callOrTake = (provider) => {
      if (typeof provider !== "function") return provider;
      const controller = new AbortController();
      controllers.push(controller);
      const context = { attempt, lastClose: lastClose && { ...lastClose }, signal: controller.signal };
      return provider(reason === undefined ? context : { ...context, reason });
    };
    const abort = () => controllers.forEach((controller) => controller.abort());
    const providers = reason === undefined ? [this.#urls[this.place], this.#protocols] : [this.#callbacks.token];
    const read = reason === undefined ? destination : credential;
    const answers = [];
    let what;
    try {
      for (const provider of providers) answers.push(callOrTake(provider));
      if (controllers.length > 0 && answers.some(isThenable)) {
        let isOver = false;
        const end = (tell) => (answer) => {
          if (!isOver) tell(answer);
        };
        Promise.all(answers).then(read).then(end(answered), end(failed));
        return {
          takeBack() {
            isOver = true;
            abort();
          },
        };
      }
      what = read(answers);
    } catch (thrown) {
      if (controllers.length > 1) abort(); // the other one's answer is not wanted any more
      Promise.allSettled(answers); // nor is what it rejects with
      return void failed(thrown);
    }
    answered(what);
  }

  /** As the engine is told: `delay` in microseconds. No `advice`: it does not say. */
  shouldRetry(close, attempt) {
    const answer = guarded(() => this.#callbacks.shouldRetry(close, attempt));
    if (typeof answer === "boolean") return { advice: answer ? "retry" : "stop" };
    return typeof answer === "number" && answer >= 0 ? { advice: "retry-after", delay: Math.ceil(answer * 1_000) } : {};
  }

  message(token) {
    const { message } = this.#callbacks;
    return message ? reported(() => message(token)) : JSON.stringify({ type: "auth", token });
  }

  /** Whether `data` accepts the token; undefined: it is another message. */
  reply(data) {
    const { reply } = this.#callbacks;
    if (reply) return { __proto__: null, accepted: true, refused: false }[guarded(() => reply(data))];
    const { type, ok } = objectIn(data);
    return type === "auth" && typeof ok === "boolean" ? ok : undefined;
  }

  ping() {
    const { ping = "ping" } = this.#callbacks;
    return typeof ping === "function" ? reported(ping) : ping;
  }

  isPong(data) {
    const { isPong } = this.#callbacks;
    return isPong ? Boolean(guarded(() => isPong(data))) : data === "pong";
  }

  trace(entry) { guarded(() => this.#callbacks.trace(entry)); }
}

function destination([url, protocols]) {
  if (typeof protocols === "string") return [`${url}`, protocols];
  if (!Array.isArray(protocols)) throw new EverwireError("misuse/option", "protocols must be a string or an array of strings");
  return [url, ...protocols].map((part) => `${part}`);
}

/** The token, and when it expires: milliseconds since 1970, undefined: never. */
function credential([answer]) {
  if (typeof answer === "string") return [answer, undefined];
  if (typeof answer?.value !== "string") {
    throw new EverwireError("misuse/token", "auth.token must give a string or { value, expiresAt }");
  }
  const { value, expiresAt } = answer;
  if (expiresAt === undefined) return [value, undefined];
  const date = Number(expiresAt);
  if (Number.isNaN(date)) {
    throw new EverwireError("misuse/option", "auth.token.expiresAt must be a Date or milliseconds since 1970");
  }
  return [value, date];
}

function isThenable(value) {
  return typeof value === "object" && typeof value?.then === "function";
}

function objectIn(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

/** What it throws, the page is told as of a listener; and whoever asked, too. */
function reported(call) {
  try {
    return call();
  } catch (thrown) {
    report(thrown);
    throw thrown;
  }
}

/** What throws has nothing to say. */
function guarded(call) {
  try {
    return reported(call);
  } catch {}
}
