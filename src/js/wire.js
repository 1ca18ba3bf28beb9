// How is one browser socket held, and let go?

/** Opens one of this class, and reports what it says as `heard.opened()`, `received(data)`, `failed()` and
 *  `closed(code, reason, wasClean)`. What the constructor throws goes on. */
export function openWire(Class, url, protocols, heard) {
  const wire = new Class(url, protocols);
  wire.binaryType = "blob"; // a browser's default; another class may have its own
  wire.onopen = () => heard.opened();
  wire.onmessage = ({ data }) => heard.received(data);
  wire.onerror = () => heard.failed();
  wire.onclose = ({ code, reason, wasClean }) => heard.closed(code, reason, wasClean);
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
export function buffered(wire) { return Math.max(0, Math.floor(wire.bufferedAmount)) || 0; }
