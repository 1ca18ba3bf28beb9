// What does an event carry, and how does a listener get it?

/** EventTarget's own, whatever a subclass of ours makes of these names: the browser does not ask it either. */
const { dispatchEvent } = EventTarget.prototype;

export function dispatch(target, event) {
  dispatchEvent.call(target, event);
}

/** An event with members of ours. */
export function eventWith(type, members = {}) {
  const properties = Object.entries(members).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.defineProperties(new Event(type), Object.fromEntries(properties));
}

/** A real CloseEvent, or its likeness where a runtime has none (Node.js). */
export function closeEvent(code, reason, wasClean) {
  const init = { code, reason, wasClean };
  return typeof CloseEvent === "function" ? new CloseEvent("close", init) : eventWith("close", init);
}

/** A real ErrorEvent, or its likeness (Node.js). */
export function errorEvent(error) {
  const init = { error, message: error.message };
  return typeof ErrorEvent === "function" ? new ErrorEvent("error", init) : eventWith("error", init);
}

/** Of a URL that a browser made, always one; another class may have its own idea of a URL. */
export function originOf(url) {
  try {
    return new URL(url).origin;
  } catch {
    return "";
  }
}
