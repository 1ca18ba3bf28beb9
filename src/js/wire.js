// How is one browser socket held, and let go?

/** The browser's class, as it is before a page can put ours in its place. */
const browserClass = globalThis.WebSocket;
let ours, isOpening = false;

/** Says which class is ours. */
export function standIn(Class) {
  ours = Class;
}

/** The browser's class as it is now, unless a page has put ours in its place: by itself, or wrapped so that it cannot be
 *  told, when the wrapper calls us while we call it. */
export function classInPlace() {
  const current = globalThis.WebSocket;
  return isOpening || current?.prototype === ours.prototype || current?.prototype instanceof ours ? browserClass : current;
}

/** Opens one of this class, and reports what it says as `heard.opened()`, `received(data)`, `failed()` and
 *  `closed(code, reason, wasClean)`. What the constructor throws goes on, and so does what a class does that has no such
 *  `binaryType`. */
export function openWire(Class, url, protocols, heard, binaryType = "blob") {
  const outer = isOpening;
  isOpening = true;
  let wire;
  try {
    wire = new Class(url, protocols);
  } finally {
    isOpening = outer;
  }
  try {
    wire.binaryType = binaryType; // a browser has a default; another class may have its own
  } catch (thrown) {
    close(wire, 1000, "");
    throw thrown;
  }
  wire.onopen = () => heard.opened();
  wire.onmessage = ({ data }) => heard.received(data);
  wire.onerror = () => heard.failed();
  wire.onclose = ({ code, reason, wasClean }) => heard.closed(code, `${reason ?? ""}`, wasClean);
  return wire;
}

/** Nobody is there for it any more. It is closed, if it was not. */
export function letGo(wire) {
  wire.onopen = wire.onmessage = wire.onerror = wire.onclose = null;
  close(wire, 1000, "");
}

/** Without a code the peer sees 1005. */
export function close(wire, code, reason) {
  try {
    if (code === undefined) wire.close();
    else wire.close(code, reason);
  } catch {} // a class that is not the browser's, and refuses what the standard takes
}

/** A whole number, also of a class that counts nothing. */
export function buffered(wire) {
  try {
    return Math.max(0, Math.floor(wire.bufferedAmount)) || 0;
  } catch {
    return 0;
  }
}
