// Does a token show in anything that is ours: the console, errors, `url`, `stats()`, the trace, the objects themselves?
//
// What browsers print by themselves is theirs; the last test says what that is.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { WebSocketServer } from "ws";
import { signInPage } from "./sign-in-page.mjs";
import { SESSIONS } from "./redacted-sessions.mjs";

describe("a token", () => {
  const page = signInPage();
  /** Each session by its name: what the page saw, what it must not have seen, and what is on the console. */
  const sessions = {};
  let chooser;

  before(async () => {
    chooser = await choosingTheLast();
    for (const [name, session] of Object.entries(SESSIONS)) {
      await page.open();
      await page.run(loadWitness);
      await page.browser.printed();
      const seen = await page.run(session, `ws://127.0.0.1:${chooser.address().port}/`);
      sessions[name] = { ...seen, printed: await page.browser.printed() };
    }
  });
  after(() => {
    for (const socket of chooser.clients) socket.terminate();
    chooser.close();
  });

  for (const name of Object.keys(SESSIONS)) {
    test(`shows nowhere: ${name}`, () => {
      const { lines, secrets, wanted } = sessions[name];
      assert.ok(secrets.length > 0, "there was something to hide");
      for (const line of wanted) assert.ok(lines.some((found) => found.includes(line)), `it is about ${line}`);
      for (const form of secrets.flatMap(forms)) {
        const found = lines.find((line) => line.includes(form));
        assert.equal(found, undefined, `"${form}" shows`);
      }
    });
  }

  test("is not on the console by us: we print nothing at all", () => {
    for (const [name, { lines, printed }] of Object.entries(sessions)) {
      assert.deepEqual(lines.filter((line) => /^(console|uncaught|unhandled)/.test(line)), [], name);
      assert.deepEqual(printed?.filter(({ by }) => by === "page") ?? [], [], name);
    }
  });

  test("would be seen by this witness, wherever it stood", async () => {
    const secret = "in plain sight";
    await page.open();
    await page.run(loadWitness);
    await page.browser.printed();
    const lines = await page.run(async (secret) => {
      const { lines, see, trace, write } = witness();
      console.info({ deep: [{ secret }] });
      setTimeout(throwing);
      await next(globalThis, "error");
      trace({ out: "Open", token: secret });
      write("thrown", Object.assign(new Error("…"), { cause: new everwire.EverwireError("misuse/token", secret) }));
      const client = see(new everwire.Client(`/ws/echo?not-a-token=${encodeURIComponent(secret)}`));
      client.extra = secret;
      await client.opened;
      client.dispatchEvent(new ErrorEvent("error", { error: { code: secret } }));
      await client.close();
      return lines;
    }, secret);
    const witnesses = lines.filter((line) => forms(secret).some((form) => line.includes(form)));
    const kinds = new Set(witnesses.map((line) => line.slice(0, line.indexOf(":"))));
    assert.ok(lines.some((line) => line.startsWith("uncaught") && line.includes("from a listener")));
    for (const kind of ["console.info", "trace", "thrown", "made", "open", "error", "close"]) assert.ok(kinds.has(kind), kind);
    const printed = await page.browser.printed();
    if (printed) assert.ok(printed.some(({ by }) => by === "page"), "and the driver tells of the console");
  });

  test("is printed by the browser itself where the documentation says so, and nowhere else", () => {
    for (const [name, { secrets, printed }] of Object.entries(sessions)) {
      if (!printed) continue; // WebKit's driver does not tell
      const showing = printed.filter(({ text }) => secrets.flatMap(forms).some((form) => text.includes(form)));
      if (process.env.EVERWIRE_SHOW) console.log(name, printed);
      assert.deepEqual(showing.length > 0, PRINTED_BY_BROWSER[page.name].includes(name), `${name}: ${JSON.stringify(printed)}`);
    }
  });
});

/** Sessions in which the engine itself prints the token: it is in the URL, and the handshake fails. */
const PRINTED_BY_BROWSER = {
  chromium: ["query: a stranger's handshake is refused", "query: nobody is there"],
  firefox: ["query: a stranger's handshake is refused", "query: nobody is there"],
};

/** How a token might look in what is printed. */
function forms(secret) {
  const bytes = Buffer.from(secret);
  const query = encodeURIComponent(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  // a browser's own URLs have %27 for the apostrophe
  return [secret, query, query.replaceAll("'", "%27"), bytes.toString("base64url"), bytes.toString("base64"), inJson];
}

/** A server that chooses the last subprotocol that is offered, which is the token: some do. */
async function choosingTheLast() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: (offered) => [...offered].at(-1) });
  await once(server, "listening");
  return server;
}

/** Runs in the page. */
async function loadWitness() {
  const script = Object.assign(document.createElement("script"), { type: "module", src: "/witness.js" });
  const loaded = new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
  document.head.append(script);
  await loaded;
  return null;
}
