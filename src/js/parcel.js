// How large is a message, and whose is it?

/** Anything that the browser's own `send()` takes; what is neither binary nor Blob is the string that it would make of it.
 *  `kind` and `size` are what the engine asks: bytes, or UTF-16 units × 2. `isShared`: the caller can still change it. */
export function toSend(value) {
  if (typeof value === "string") return ofText(value);
  if (is(value, "ArrayBuffer") || ArrayBuffer.isView(value)) {
    return { value, kind: "binary", size: value.byteLength, isShared: true };
  }
  if (is(value, "Blob") || is(value, "File")) return { value, kind: "binary", size: value.size, isShared: false };
  return ofText(`${value}`); // unlike String(…), a Symbol throws
}

/** What a message event carried: nobody else can change it. */
export function received(value) {
  return typeof value === "string" ? ofText(value) : { value, kind: "binary", size: value.byteLength ?? value.size };
}

/** Copies a buffer that the caller may reuse: what must wait, or may be sent again, is what it was when `send()` was called
 *  (WHATWG WebSockets, "the send(data) method"). */
export function keep(parcel) {
  if (!parcel.isShared) return;
  const { value, size } = parcel;
  parcel.isShared = false;
  // also of a buffer that was transferred elsewhere, which would throw at being copied
  if (size === 0) parcel.value = new ArrayBuffer(0);
  else if (ArrayBuffer.isView(value)) parcel.value = value.buffer.slice(value.byteOffset, value.byteOffset + size);
  else parcel.value = value.slice(0);
}

/** What it takes at least on the wire: a UTF-16 unit is at least a byte of UTF-8. */
export function least({ kind, size }) { return kind === "text" ? size / 2 : size; }

function ofText(value) { return { value, kind: "text", size: 2 * value.length, isShared: false }; }

/** What another realm (an iframe) made is no instance of our classes, and is one all the same. */
function is(value, tag) { return typeof value === "object" && value?.[Symbol.toStringTag] === tag; }
