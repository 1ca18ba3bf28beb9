// Where can a socket be led, and what happens to it there?

import { endpoint } from "./endpoint.js";

/** The subprotocol of this card: with a token offered beside it, there must be one that the server can pick. */
export const PROTOCOL = "demo";

/** Echoes, for who has a token. Others are told 4401: that a handshake was refused, a page could not see. */
export const SOUND = { path: "/ws/token", parameters: { via: "protocol", refuse: "close" } };

/** The first message makes the server reset the connection: no close frame. */
export const DROP = { path: "/ws/fault/reset", parameters: { after: "message", protocol: PROTOCOL }, waitsForMessage: true };

/** The first message makes the server say that it restarts. */
export const RESTART = {
  path: "/ws/fault/close",
  parameters: { code: 1012, reason: "restarting", after: "message", protocol: PROTOCOL },
  waitsForMessage: true,
};

/** Nothing is ever answered. */
export const SILENCE = { path: "/ws/fault/silent", parameters: { protocol: PROTOCOL } };

/** 1 MiB a second is read: so 8 MiB keep the visitor waiting for some 8 s. It answers `count?` and echoes nothing. */
export const SLOW = { path: "/ws/fault/slow", parameters: { rate: 1024 ** 2, protocol: PROTOCOL } };

export function addressOf({ path, parameters }) {
  return endpoint(path, parameters);
}
