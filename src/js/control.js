// What does a control frame say, and which text is one?
//
// PROTOCOL.md says what is on the wire; the same in Rust is src/engine/session/control.rs.

import { EverwireError } from "./error.js";

/** The subprotocol that a session is offered by. */
export const SESSION = "everwire.1";

const MARK = "\0", MOST_BYTES = 4_096;

/** Whether it begins as only control frames, and texts with a mark before them, do. */
export function isMarked(data) { return typeof data === "string" && data.charCodeAt(0) === 0; }

/** A marked text that is the application's, as it was sent; `undefined`: it is a control frame, or wants to be one. */
export function unmarked(text) { return text[1] === MARK ? text.slice(1) : undefined; }

/** An application's text that would be taken for a control frame, as it travels. */
export function marked(text) { return MARK + text; }

/** The fields of each frame that a server sends: numbers but where another kind is named; `?`: it may be left out. */
const FRAMES = {
  __proto__: null,
  welcome: "session:string resumed:boolean received window mostMessages mostBytes ackMessages ackBytes ackAfter protocol?:string",
  ack: "received", gap: "from to", ping: "", pong: "", authenticated: "", bye: "after? url?:string",
};

/** What a control frame says; its type is "nonsense" if it is none, or not for us. `known`: the session that was asked for, what
 *  was offered, and the place of an address among ours, from 1. */
export function read(text, known) {
  const frame = isShort(text) && fields(text);
  if (!frame || (frame.type === "welcome" && !isForUs(frame, known))) return { type: "nonsense" };
  if (frame.url !== undefined) frame.place = known.placeOf(frame.url);
  return frame;
}

function isForUs({ session, resumed, protocol, mostMessages, mostBytes, ackMessages, ackBytes, ackAfter }, known) {
  return /^[\w-]{22,128}$/.test(session) && (!resumed || session === known.session)
    && (protocol === undefined || known.offer.includes(protocol))
    && Math.min(mostMessages, mostBytes, ackMessages, ackBytes) > 0 && ackAfter <= 60_000;
}

/** Those that are listed, if all are what they must be. */
function fields(text) {
  let frame;
  try {
    frame = text[1] === "{" && JSON.parse(text.slice(1));
  } catch {}
  const listed = frame && FRAMES[frame.type];
  const isKind = (value, kind) => typeof value === kind && (kind !== "number" || (Number.isSafeInteger(value) && value >= 0));
  const isPlain = (value) => value === null || (typeof value !== "object" && isKind(value, typeof value));
  if (listed === undefined || !frame || !Object.values(frame).every(isPlain)) return undefined;
  const read = { type: frame.type };
  for (const [, name, mayMiss, kind = "number"] of listed.matchAll(/(\w+)(\??):?(\w+)?/g)) {
    const value = read[name] = frame[name] ?? undefined;
    if (value === undefined ? !mayMiss : !isKind(value, kind)) return undefined;
  }
  return read;
}

function isShort(text) { return text.length <= MOST_BYTES && new TextEncoder().encode(text).length <= MOST_BYTES; }

/** What the engine orders said, as it travels. `id` and `size` are the numbers of the order. */
export function written({ frame, id, size }, session, token) {
  const said = {
    Again: { type: "hello", session, socket: id, received: size },
    Ack: { type: "ack", received: size },
    Auth: { type: "authenticate", token },
  }[frame] ?? { type: frame.toLowerCase() };
  const text = MARK + JSON.stringify(said);
  if (!isShort(text)) {
    throw new EverwireError("misuse/token", "the token does not fit into a control frame of 4,096 bytes");
  }
  return text;
}
