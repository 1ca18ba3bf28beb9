// What is sent to a reader that counts, and what does it answer?

import { describeBytes } from "./size.js";

/** 64 KiB: the most that one call of getRandomValues fills. */
export const MESSAGE_BYTES = 64 * 1024;

/** Asks the slow reader for its count; it answers when it has read all that was sent before. */
export const COUNT = "count?";

/** A message that compression cannot shrink; its first 4 bytes are its number, so that the server sees the order. */
export function makeMessage(number) {
  const bytes = crypto.getRandomValues(new Uint8Array(MESSAGE_BYTES));
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}

/** The answer to COUNT, in a sentence. */
export function describeCount(answer) {
  const { messages, bytes, inOrder } = JSON.parse(answer);
  return `The server has read ${messages} messages, ${describeBytes(bytes)}, ${inOrder ? "in order" : "out of order"}.`;
}
