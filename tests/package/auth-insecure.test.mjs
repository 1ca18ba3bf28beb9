// Does a token travel where anybody on the way can read it?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { signInPage } from "./sign-in-page.mjs";

describe("a token over ws: beyond this machine", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  test("is refused when the client is made, by each carrier, and no socket is made", async () => {
    const { thrown, made } = await page.run(() => {
      const { made, WebSocket } = offering();
      const thrown = [];
      for (const via of ["protocol", "query", "message"]) {
        for (const url of ["ws://user:secret@example.invalid/x?y=secret", "http://example.invalid/x", "ws://127.0.0.1.example.invalid/x", "ws://localhost.example.invalid/x"]) {
          const auth = { via, token: () => "t" };
          thrown.push(misuseOf(() => new everwire.Client(url, { protocols: "soap", auth, WebSocket })));
        }
      }
      return { thrown, made };
    });
    assert.equal(thrown.length, 12);
    for (const error of thrown) assert.match(error, /^misuse\/insecure: .*example\.invalid\/x: use wss/);
    assert.ok(!thrown.join().includes("secret"));
    assert.deepEqual(made, []);
  });

  test("is refused at the attempt where a provider gives the address, and no socket is made", async () => {
    const { entries, cause, made } = await page.run(async () => {
      const { made, WebSocket } = offering();
      const url = () => "ws://example.invalid/";
      const auth = { via: "query", token: () => "t" };
      const client = new everwire.Client(url, { auth, WebSocket, reconnect: { ...quick, attempts: 2 } });
      const entries = diary(client);
      const failed = next(client, "error");
      await client.closed;
      return { entries, cause: (await failed).error.cause?.code, made };
    });
    assert.deepEqual(
      entries.filter(([type]) => type === "error").map(([, code]) => code),
      ["unavailable/connect", "unavailable/connect", "unavailable/attempts"],
    );
    assert.equal(cause, "misuse/insecure");
    assert.deepEqual(made, []);
  });

  test("goes where it is asked for, or encrypted, or to this machine", async () => {
    const { thrown, made } = await page.run(() => {
      // names that lead nowhere: only that a socket is made counts
      class Nowhere {
        close() {}
      }
      let made = 0;
      const counted = class extends Nowhere {
        constructor() {
          super();
          made += 1;
        }
      };
      const auth = { via: "query", token: () => "t" };
      const opened = (url, more) => misuseOf(() => new everwire.Client(url, { auth: { ...auth, ...more }, WebSocket: counted }));
      const thrown = [
        opened("ws://example.invalid/", { insecure: true }),
        opened("wss://example.invalid/"),
        opened("https://example.invalid/"),
        opened("ws://localhost:1/"),
        opened("ws://app.localhost:1/"),
        opened("ws://127.1.2.3:1/"),
        opened("ws://[::1]:1/"),
      ];
      return { thrown, made };
    });
    assert.deepEqual(thrown, Array(7).fill("none"));
    assert.equal(made, 7);
  });
});
