// How is one question put to several WebSocket classes?

/** Puts every question of a group to every class, one after the other; no question may hold up the next. */
export async function askAll(checks, classes, tell) {
  for (const [sentence, { ask }] of checks) {
    for (const [name, WebSocket] of Object.entries(classes)) {
      tell(sentence, name, await answerOf(ask, WebSocket));
    }
  }
}

async function answerOf(ask, WebSocket) {
  const made = [];
  try {
    const answer = await Promise.race([ask(surroundings(WebSocket, made)), silence()]);
    return JSON.parse(JSON.stringify(answer ?? null)); // as it is now: what closes afterwards is heard, too
  } catch (error) {
    return `asked in vain: ${error}`;
  } finally {
    for (const socket of made) socket.close();
  }
}

/** 20 s: Firefox may wait by itself for most of it after a connection that failed. */
const silence = () => new Promise((resolve) => setTimeout(resolve, 20_000, "no answer within 20 s"));

/** What a question finds around it. */
function surroundings(WebSocket, made) {
  const around = {
    WebSocket,
    next,
    thrown,
    turn,
    fresh,
    /** A socket that is closed when the question is answered. */
    make(...given) {
      const socket = new WebSocket(...given);
      made.push(socket);
      return socket;
    },
    /** One that is open. */
    async open(path = "/ws/echo", protocols = []) {
      const socket = around.make(path, protocols);
      await next(socket, "open");
      return socket;
    },
    /** One that is closed. */
    async closed(path = "/ws/echo") {
      const socket = await around.open(path);
      socket.close();
      await next(socket, "close");
      return socket;
    },
    /** What comes back of what was sent. */
    async echoed(socket, data) {
      const answer = next(socket, "message");
      socket.send(data);
      return (await answer).data;
    },
  };
  return around;
}

/** The next event of this type. */
export function next(target, type) {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

/** What `attempt` throws, in words. */
export function thrown(attempt) {
  try {
    attempt();
  } catch (error) {
    if (typeof error === "string") return error;
    return error instanceof DOMException ? `DOMException ${error.name}` : error.constructor.name;
  }
  return "nothing";
}

/** A turn of the event loop, that leaves room for what comes from outside. */
export function turn() {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A path of its own: Firefox makes the next connection to one that has failed wait. */
export function fresh(path) {
  return `${path}${path.includes("?") ? "&" : "?"}watch=${crypto.randomUUID()}`;
}
