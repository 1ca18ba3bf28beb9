// Where in a stream of bytes does a WebSocket's frame end?

/** Reads one direction of a connection: a handshake, then frames (RFC 6455 §5.2). */
export class Frames {
  /** The last bytes of the handshake, or the header of a frame, that was not whole yet. */
  #begun = Buffer.alloc(0);
  #isOpen = false;
  /** Of the frame that is under way. */
  #missing = 0;
  #size = 0;

  /** Takes the next bytes, and says how many of them there must be for the last to fall into the middle of a frame. */
  half(bytes) {
    let at = 0;
    if (!this.#isOpen) {
      const text = Buffer.concat([this.#begun, bytes]);
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        this.#begun = Buffer.from(text.subarray(-3));
        return Math.ceil(bytes.length / 2); // half a handshake
      }
      at = end + 4 - this.#begun.length;
      this.#isOpen = true;
      this.#begun = Buffer.alloc(0);
    }
    while (at < bytes.length) {
      if (this.#missing === 0) at = this.#header(bytes, at);
      const part = Math.min(this.#missing, bytes.length - at);
      at += part;
      this.#missing -= part;
    }
    if (this.#missing > 0 || this.#begun.length > 0 || this.#size === 0) return bytes.length;
    return bytes.length - Math.min(Math.ceil(this.#size / 2), bytes.length);
  }

  /** Where the payload of the frame begins, or the end of the bytes. */
  #header(bytes, at) {
    const known = this.#begun.length;
    const head = known === 0 ? bytes.subarray(at, at + LONGEST) : Buffer.concat([this.#begun, bytes.subarray(at, at + LONGEST)]);
    const length = head.length < 2 ? 2 : headerLength(head[1]);
    if (head.length < length) {
      this.#begun = Buffer.from(head);
      return bytes.length;
    }
    this.#begun = Buffer.alloc(0);
    this.#missing = payloadLength(head);
    this.#size = length + this.#missing;
    return at + length - known;
  }
}

function headerLength(second) {
  const extended = { 126: 2, 127: 8 }[second & 127] ?? 0;
  return 2 + extended + (second & 128 ? 4 : 0);
}

function payloadLength(head) {
  const short = head[1] & 127;
  if (short < 126) return short;
  return short === 126 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
}

/** Two bytes, eight of length, four of mask. */
const LONGEST = 14;
