// Does the token go where `via` says, and nowhere else?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { signInPage } from "./sign-in-page.mjs";

describe("the token goes", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  /** Signs in at the server's door of this kind; what the socket was made with, and what came of it. */
  const signIn = (via, options = {}) =>
    page.run(
      async (via, options) => {
        const token = await issued();
        const { made, WebSocket } = offering();
        const auth = { via, token: () => token };
        const client = new everwire.Client(`/ws/token?via=${via}`, { WebSocket, auth, ...options });
        await client.opened;
        const echo = await echoOf(client, "hello");
        const { protocol, url } = client;
        await client.close();
        return { token: token.value, made, echo, protocol, url: url.slice(location.origin.replace("http", "ws").length) };
      },
      via,
      options,
    );

  test("via protocol: in a subprotocol behind the application's own, of which the server chooses one", async () => {
    const { token, made, echo, protocol, url } = await signIn("protocol", { protocols: ["soap", "wamp"] });
    assert.equal(echo, "hello");
    assert.equal(protocol, "soap");
    assert.equal(made.length, 1);
    assert.deepEqual(made[0].protocols, ["soap", "wamp", `bearer.${base64url(token)}`]);
    assert.equal(new URL(made[0].url).search, "?via=protocol");
    assert.equal(url, "/ws/token?via=protocol");
  });

  test("via query: in a parameter of the URL, which `url` does not show", async () => {
    const { token, made, echo, protocol, url } = await signIn("query");
    assert.equal(echo, "hello");
    assert.equal(protocol, "");
    assert.equal(made.length, 1);
    assert.deepEqual(made[0].protocols, []);
    assert.deepEqual([...new URL(made[0].url).searchParams], [["via", "query"], ["access_token", token]]);
    assert.equal(url, "/ws/token?via=query");
  });

  test("via message: in a message, and the handshake has nothing of it", async () => {
    const { made, echo, url } = await signIn("message");
    assert.equal(echo, "hello");
    assert.equal(made.length, 1);
    assert.deepEqual(made[0].protocols, []);
    assert.equal(new URL(made[0].url).search, "?via=message");
    assert.equal(url, "/ws/token?via=message");
  });

  test("whatever characters it has: a subprotocol and a query carry it whole", async () => {
    const tokens = ["a", "ab", "abc", "abcd", "??>>~~//++==", "a,b;c=d", "a&b=c#d?e %20+f", "Schlüssel 🗝", "e.y.J".repeat(500)];
    const made = await page.run(async (tokens) => {
      const made = [];
      for (const token of tokens) {
        for (const options of [
          { protocols: "soap", auth: { via: "protocol", name: "key~", token: () => token } },
          { auth: { via: "query", name: "a&b", token: () => token } },
        ]) {
          const offer = offering();
          const client = new everwire.Client("/ws/echo?x=1&protocol=soap", { WebSocket: offer.WebSocket, ...options });
          await client.opened;
          await client.close();
          made.push(...offer.made);
        }
      }
      return made;
    }, tokens);
    assert.equal(made.length, 2 * tokens.length);
    for (const [index, token] of tokens.entries()) {
      const [inProtocol, inQuery] = made.slice(2 * index, 2 * index + 2);
      const [soap, offered, ...rest] = inProtocol.protocols;
      assert.deepEqual([soap, offered.slice(0, 4), rest], ["soap", "key~", []]);
      assert.match(offered.slice(4), /^[\w-]+$/, "base64url without padding");
      assert.equal(Buffer.from(offered.slice(4), "base64url").toString(), token);
      const parameters = [...new URL(inQuery.url).searchParams];
      assert.deepEqual(parameters, [["x", "1"], ["protocol", "soap"], ["a&b", token]]);
    }
  });

  test("via protocol only beside an application's own: else it is a mistake, or an attempt that fails", async () => {
    const { thrown, entries, cause, made } = await page.run(async () => {
      const { made, WebSocket } = offering();
      const auth = { via: "protocol", token: () => "t" };
      const thrown = [undefined, [], ""].map((protocols) =>
        misuseOf(() => new everwire.Client("/ws/echo", { protocols, auth, WebSocket })),
      );
      const protocols = () => Promise.resolve([]); // known at the attempt
      const client = new everwire.Client("/ws/echo", { protocols, auth, WebSocket, reconnect: false });
      const entries = diary(client);
      const failed = next(client, "error");
      await client.closed;
      return { thrown, entries, cause: (await failed).error.cause?.code, made };
    });
    assert.match(thrown[0], /^misuse\/protocols: a token in a subprotocol needs an application's own beside it/);
    assert.equal(thrown[1], thrown[0]);
    assert.match(thrown[2], /^misuse\/protocols: /);
    assert.deepEqual(entries.filter(([type]) => type !== "state").map(([type]) => type), ["error", "close"]);
    assert.equal(entries.find(([type]) => type === "error")[1], "unavailable/connect");
    assert.equal(cause, "misuse/protocols");
    assert.deepEqual(made, [], "no socket was even made");
  });

  test("and is not shown where a server chooses it as the subprotocol, unlike anything else that it chooses", async () => {
    const chosen = await page.run(async () => {
      const chosen = [];
      for (const [name, protocol] of [
        ["bearer.", "bearer.dG9rZW4"], // as base64url says "token"
        ["bearer.", "bearer.chat"],
        ["bearer.", "soap"],
        ["", "dG9rZW4"],
        ["", "soap"],
      ]) {
        const client = new everwire.Client(`/ws/echo?protocol=${protocol}`, {
          protocols: ["soap", "bearer.chat"],
          auth: { via: "protocol", name, token: () => "token" },
        });
        await client.opened;
        chosen.push(client.protocol);
        await client.close();
      }
      return chosen;
    });
    assert.deepEqual(chosen, ["", "bearer.chat", "soap", "", "soap"]);
  });

  test("under a name that a subprotocol can have: another is a mistake", async () => {
    const thrown = await page.run(() => {
      const made = (name) => () =>
        new everwire.Client("/ws/echo", { protocols: "soap", auth: { via: "protocol", name, token: () => "t" } });
      return ["bearer ", "bearer:", "bearer/", "schlüssel"].map((name) => misuseOf(made(name)));
    });
    for (const error of thrown) assert.match(error, /^misuse\/option: auth\.name must be /);
  });

  test("from the drop-in class with the auth layer as from a client", async () => {
    const echoes = await page.run(async () => {
      const echoes = {};
      for (const [via, protocols] of [["protocol", ["soap"]], ["query", []], ["message", []]]) {
        const token = await issued();
        const Signed = everwire.WebSocket.with({ auth: { via, token: () => token } });
        const socket = new Signed(`/ws/token?via=${via}`, protocols);
        await next(socket, "open");
        echoes[via] = [await echoOf(socket, "hello"), socket.protocol, new URL(socket.url).search];
        socket.close();
        await next(socket, "close");
      }
      return echoes;
    });
    assert.deepEqual(echoes, {
      protocol: ["hello", "soap", "?via=protocol"],
      query: ["hello", "", "?via=query"],
      message: ["hello", "", "?via=message"],
    });
  });
});

const base64url = (text) => Buffer.from(text).toString("base64url");
