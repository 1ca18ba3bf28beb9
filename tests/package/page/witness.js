// What would somebody see who looks at everything that a page is shown?

/**
 * Writes down, from now on, what is printed with the console's methods and what nobody caught; and of a client that it
 * `sees`, each event, each entry of the trace, and the client itself after each of them.
 */
globalThis.witness = () => {
  const lines = [];
  const write = (what, value) => lines.push(`${what}: ${inWords(value)}`);
  for (const [name, method] of Object.entries(console)) {
    if (typeof method !== "function") continue;
    console[name] = (...values) => {
      write(`console.${name}`, values);
      return method.apply(console, values);
    };
  }
  addEventListener("error", ({ message, error }) => write("uncaught", [message, error]));
  addEventListener("unhandledrejection", ({ reason }) => write("unhandled", reason));

  const see = (client) => {
    const look = (event) => write(event.type, [event, client, client.stats?.(), JSON.stringify(client), String(client)]);
    for (const type of EVENTS) client.addEventListener(type, look);
    client.opened?.catch((error) => write("opened", error));
    client.closed?.then((info) => write("closed", info));
    look(new Event("made"));
    return client;
  };
  /** What `attempt` throws; the client that it makes, if it does, is seen. */
  const seeMade = (attempt) => {
    try {
      see(attempt()).close();
    } catch (error) {
      write("thrown", error);
    }
  };
  return { lines, write, see, seeMade, trace: (entry) => write("trace", entry) };
};

const EVENTS = ["open", "message", "error", "down", "retry", "drop", "drain", "state", "close"];

/** Everything that can be reached from a value by reading, in words; of a function only its name. */
function inWords(value, seen = new Set()) {
  if (typeof value === "function") return value.name;
  if (typeof value !== "object" || value === null) return String(value);
  if (seen.has(value) || value === globalThis || seen.size > MOST) return "…";
  seen.add(value);
  const words = [String(value?.[Symbol.toStringTag] ?? value.constructor?.name)];
  const names = new Set();
  for (let object = value; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const name of Reflect.ownKeys(object)) names.add(name);
  }
  for (const name of names) {
    let member;
    try {
      member = value[name];
    } catch (error) {
      member = error; // a getter of another receiver
    }
    words.push(`${String(name)} ${inWords(member, seen)}`);
  }
  return words.join("; ");
}

/** Objects on the way from one value: more than any event of ours leads to. */
const MOST = 2_000;
