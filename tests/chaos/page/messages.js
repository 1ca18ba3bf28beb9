// What is the n-th message of a client?
//
// Text and binary, most small, some large, some texts that look like a control frame of everwire.1. Whoever has the two
// numbers can make it again: so each that comes back is compared with what it was, to the last letter.

export function message(client, number) {
  const { isText, mark, size, from } = kindOf(client, number);
  if (isText) return `${mark}${client} ${number} ${TEXT.slice(from, from + size)}`;
  const bytes = new Uint8Array(HEAD + size);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, client);
  head.setUint32(4, number);
  bytes.set(BYTES.subarray(from, from + size), HEAD);
  return bytes.buffer;
}

/** Which one it is; `undefined`: none of this client's, or not as it was. */
export function numberOf(client, data) {
  if (typeof data === "string") {
    const number = Number(/^(?:\0\{"type":"ack"\})?\d+ (\d+) /.exec(data)?.[1]);
    return message(client, number) === data ? number : undefined;
  }
  if (data.byteLength < HEAD) return undefined;
  const number = new DataView(data).getUint32(4);
  const [bytes, was] = [data, message(client, number)].map((data) => typeof data !== "string" && new Uint8Array(data));
  if (!was || was.length !== bytes.length) return undefined;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== was[at]) return undefined;
  return number;
}

/** How many bytes they have on average. */
export function meanSize() {
  let bytes = 0;
  for (let number = 1; number <= SAMPLE; number += 1) {
    const { size, isText } = kindOf(1, number);
    bytes += (isText ? size * 1.2 : size) + 10; // what is not ASCII, and the numbers
  }
  return bytes / SAMPLE;
}

function kindOf(client, number) {
  const chance = mixed(client, number);
  const isText = (chance & 1) === 0;
  const mark = (chance & 63) === 0 ? '\0{"type":"ack"}' : "";
  const rank = (chance >>> 6) % 1_000;
  const spread = (chance >>> 16) & 0xff;
  const size = rank < 2 ? 65_536 - spread : rank < 50 ? 1_000 + spread * 12 : 10 + spread;
  return { isText, mark, size, from: spread };
}

function mixed(client, number) {
  let mixed = Math.imul(client + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const HEAD = 8;
const SAMPLE = 10_000;
const TEXT = "Nothing lost, nichts verloren, rien n’est perdu, 何も失われない. ".repeat(1_200);
const BYTES = Uint8Array.from({ length: TEXT.length }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);
