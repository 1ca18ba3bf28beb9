// Where does an attempt lead, and what does its handshake carry?

import { EverwireError } from "./error.js";

/** Where a caller's url and protocols lead, without a token: checked as the browser's constructor would (WHATWG WebSockets,
 *  "the constructor"), and as the token wants it. `carriage`: what carries that, if there is one. */
export function resolve([url, ...protocols], carriage) {
  const href = resolveUrl(url);
  if (carriage && !carriage.insecure && !isPrivate(href)) {
    throw new EverwireError("misuse/insecure", `a token would travel unencrypted to ${withoutSecrets(href)}: use wss, or say \`insecure\` if you must`);
  }
  checkOffer(protocols);
  // if only the token is offered, a server that picks none fails in Chromium, and one that picks it shows it
  if (protocols.length === 0 && carriage?.via === "protocol") {
    throw new EverwireError("misuse/protocols", "a token in a subprotocol needs an application's own beside it: a server that picks none fails in Chromium");
  }
  return { href, protocols };
}

/** With the token in its place. */
export function carrying({ href, protocols }, { via, name }, token) {
  if (via === "protocol") return { href, protocols: [...protocols, offered(name, token)] };
  if (via === "query") return { href: `${href}${href.includes("?") ? "&" : "?"}${inQuery(name)}=${inQuery(token)}`, protocols };
  return { href, protocols };
}

/** Which of these addresses that is; -1: none. */
export function placeOf(url, known) {
  try {
    const { href } = new URL(url);
    return known.findIndex(([other]) => resolveUrl(other) === href);
  } catch {
    return -1;
  }
}

/** The subprotocol that a token is offered as: RFC 4648 §5 without padding, since `=` and `/` make both browsers throw. */
export function offered(name, token) { return `${name}${base64url(token)}`; }

/** Refuses a name at which a browser would throw in every attempt, with the token in its words. */
export function checkCarriage({ via, name }) {
  if (via === "protocol" && name !== "" && !TOKEN.test(name)) {
    throw new EverwireError("misuse/option", "auth.name must be of letters, digits and !#$%&'*+-.^_`|~, as a subprotocol is");
  }
}

/** What the constructor threw, after URL and subprotocols had been found in order; without the token. */
export function refusal(thrown, href, token) {
  const words = typeof thrown === "string" ? thrown : thrown?.message || thrown?.name; // Firefox's policy has no message
  let message = (typeof words === "string" ? words : "it did not say why").replaceAll(href, () => withoutSecrets(href)); // no pattern: `$&` may be in it
  for (const form of [token, base64url(token), inQuery(token)]) if (form) message = message.replaceAll(form, "…");
  const refuses = thrown?.name === "SecurityError" ? "does not allow this connection here" : "refused to open a WebSocket";
  return new EverwireError("misuse/blocked", `the browser ${refuses}: ${message}`);
}

/** The URL that the browser will open: relative ones against the page or the worker, `http:` and `https:` as `ws:` and `wss:`,
 *  no fragment. Older engines do not know the first two by themselves (Safari before 17.3, Chromium before 125). */
function resolveUrl(url) {
  const misuse = (sentence) => new EverwireError("misuse/url", sentence);
  let parsed;
  try {
    parsed = new URL(url, base());
  } catch {
    throw misuse(`\`${asFarAsSafe(url)}\` is not a URL that can be resolved here`);
  }
  const scheme = parsed.protocol.slice(0, -1);
  if (scheme === "http") parsed.protocol = "ws:";
  else if (scheme === "https") parsed.protocol = "wss:";
  else if (scheme !== "ws" && scheme !== "wss") throw misuse(`a WebSocket URL is ws, wss, http or https, not \`${scheme}\``);
  const { href } = parsed;
  // an empty fragment is one, too, and `hash` does not show it
  if (href.includes("#")) throw misuse(`a WebSocket URL has no fragment (#…): \`${asFarAsSafe(url)}\``);
  return href;
}

/** The document's base (which a `<base>` may set), or the worker's own address. */
function base() {
  // an element named baseURI would stand in for the document's own: only a string is it
  return [globalThis.document?.baseURI, globalThis.location?.href].find((address) => typeof address === "string");
}

/** A URL that the browser has normalised, as it may be shown: without user, password and query, any of which may carry a
 *  token. */
function withoutSecrets(href) { return untilQuery(href).replace(/^([^:]*:\/\/)[^/]*@/, "$1"); }

/** A URL with a fault, as it may be shown. Nobody can say where a password ends in it: an `@` hides all but the scheme. */
function asFarAsSafe(url) {
  if (!url.includes("@")) return untilQuery(url);
  return `${/^[a-z0-9]*:/i.exec(url)?.[0] ?? ""}…`;
}

function untilQuery(url) { return url.split(/[?#]/, 1)[0]; }

/** Each subprotocol is a token, and none comes twice (RFC 6455 §4.1). Errors name a place and no text, which may be a
 *  secret. */
function checkOffer(protocols) {
  protocols.forEach((protocol, index) => {
    const wrong = whatIsWrong(protocol, protocols.indexOf(protocol) < index);
    if (wrong) throw new EverwireError("misuse/protocols", `subprotocol ${index}${wrong}`);
  });
}

function whatIsWrong(protocol, isRepeated) {
  if (protocol === "") return " is empty: to offer none, give an empty list";
  const stranger = Array.from(protocol).find((character) => !TOKEN.test(character));
  if (stranger) return ` contains '${/[\p{Cc}\p{Cs}]/u.test(stranger) ? "�" : stranger}', which a token must not (RFC 9110 §5.6.2)`;
  return isRepeated && " repeats an earlier one";
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[a-z0-9!#$%&'*+\-.^_`|~]+$/i;

/** Nobody on the way can read it: TLS, or this very machine. A browser has normalised the host. */
function isPrivate(href) {
  const { protocol, hostname } = new URL(href);
  return protocol === "wss:" || /^(.*\.)?localhost$|^\[::1\]$|^127\.[\d.]*$/.test(hostname);
}

/** As a browser writes it that has normalised the URL: it encodes the apostrophe, too (WHATWG URL, special-query). */
function inQuery(part) { return encodeURIComponent(part).replaceAll("'", "%27"); }

function base64url(token) {
  const binary = Array.from(new TextEncoder().encode(token), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
