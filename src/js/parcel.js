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
  // of a buffer that was transferred elsewhere there is no view; what says that it is larger than it is, is no larger
  const all = size > 0 && new Uint8Array(value.buffer ?? value);
  const from = value.byteOffset ?? 0;
  const bytes = all ? all.subarray(from, from + size) : [];
  parcel.copy = parcel.value = memory(bytes.length);
  parcel.copy.set(bytes);
}

/** What somebody else gets of it, and may keep: our copy is theirs, then, as the buffer that it stands for. */
export function give(parcel) {
  const { copy } = parcel;
  if (copy) {
    parcel.copy = undefined;
    parcel.value = copy.length === copy.buffer.byteLength ? copy.buffer : copy.slice().buffer;
  }
  return parcel.value;
}

/** Nobody will ask for it any more: where the memory of its copy is ours alone, the next copy may have it. */
export function forget({ copy }) {
  if (!copy || copy.length < LARGE) return;
  let known = spares?.deref();
  if (!known) spares = new WeakRef((known = []));
  if (known.length < MOST_SPARES) known.push(copy.buffer);
}

/** As many bytes, with anything in them. */
function memory(size) {
  const known = (size >= LARGE && spares?.deref()) || [];
  // what is more than twice as large would be wasted on a message that waits
  const at = known.findIndex(({ byteLength }) => byteLength >= size && byteLength <= 2 * size);
  return at < 0 ? new Uint8Array(size) : new Uint8Array(known.splice(at, 1)[0], 0, size);
}

/** Memory that nobody has touched yet costs ten to thirty times what copying into it does, so what is left over is used
 *  again. Weakly: the garbage collector may have it at any time. */
let spares;
const MOST_SPARES = 32;
/** Below this, fresh memory is as cheap. */
const LARGE = 1_024;

/** What it takes at least on the wire: a UTF-16 unit is at least a byte of UTF-8. */
export function least({ kind, size }) { return kind === "text" ? size / 2 : size; }

function ofText(value) { return { value, kind: "text", size: 2 * value.length, isShared: false }; }

/** What another realm (an iframe) made is no instance of our classes, and is one all the same. */
function is(value, tag) { return typeof value === "object" && value?.[Symbol.toStringTag] === tag; }
