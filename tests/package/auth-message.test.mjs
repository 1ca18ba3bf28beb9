// With `via: "message"`: is anything said or told before the server has replied?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { freshId, watch } from "../webdriver/watch.mjs";
import { signInPage } from "./sign-in-page.mjs";

describe("before the server has replied to the auth message", () => {
  const page = signInPage();
  beforeEach(() => page.open());

  test("nothing else is sent: what was said earlier comes after it, in order", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const { token, heard } = await page.run(async (url) => {
      const token = await issued();
      const client = new everwire.Client(url, { auth: { via: "message", token: () => token } });
      const heard = [];
      client.addEventListener("message", ({ data }) => heard.push(data));
      for (const text of ["1", "22", "333"]) client.send(text);
      await client.opened;
      client.send("4444");
      while (heard.length < 4) await next(client, "message");
      await client.close();
      return { token: token.value, heard };
    }, `/ws/token?via=message&watch=${id}`);
    await watched.close();
    assert.deepEqual(heard, ["1", "22", "333", "4444"], "the reply to the auth message is not among the messages");
    const auth = JSON.stringify({ type: "auth", token }).length;
    assert.deepEqual(sizes(watched), [auth, 1, 2, 3, 4]);
  });

  test("a server that never replies is sent nothing else, and left after auth.timeout; the messages go to the next", async () => {
    const id = freshId();
    const watched = await watch(page.server, id);
    const { entries, heard } = await page.run(async (silent) => {
      let sockets = 0;
      const url = () => (sockets++ === 0 ? silent : "/ws/token?via=message");
      const auth = { via: "message", token: () => issued(), timeout: 300 };
      const client = new everwire.Client(url, { auth, reconnect: quick });
      const entries = diary(client);
      const back = next(client, "message");
      client.send("patient");
      client.send("also patient");
      client.send("not worth it", { volatile: true });
      await client.opened;
      const heard = (await back).data;
      await client.close();
      return { entries, heard };
    }, `/ws/fault/silent?after=1500&watch=${id}`);
    await watched.close();
    assert.equal(sizes(watched).length, 1, "the auth message alone");
    assert.equal(heard, "patient");
    assert.deepEqual(entries.filter(([type]) => ["drop", "error", "open"].includes(type)), [
      ["drop", { data: "string", reason: "volatile" }],
      ["error", "unavailable/reply-timeout"],
      ["open", { attempt: 1, reconnected: false }],
    ]);
  });

  test("`open` has not come, the state is connecting, and a message that is no reply does not open it", async () => {
    const { asked, entries } = await page.run(async () => {
      const asked = [];
      let client, entries;
      client = new everwire.Client("/ws/echo", {
        auth: {
          via: "message",
          token: () => "a secret",
          message: (token) => `let me in with ${token}`, // which the server echoes
          reply(data) {
            asked.push([data, client.state, count(entries, "open")]);
            return data === "let me in with a secret" ? "accepted" : undefined;
          },
        },
      });
      entries = diary(client);
      client.send("hello");
      await next(client, "message");
      await client.close();
      return { asked, entries };
    });
    assert.deepEqual(asked, [["let me in with a secret", "connecting", 0]], "once it is accepted nobody is asked any more");
    assert.deepEqual(entries, [
      ["state", "open"],
      ["open", { attempt: 0, reconnected: false }],
      ["message", "hello"],
      ["state", "closing"],
      ["state", "closed"],
      ["close", { code: 1000, reason: "", wasClean: true }],
    ]);
  });

  test("a server that speaks first is heard, once the door is open or before", async () => {
    // the flood begins at once: its first text stands for a greeting, its third for the reply
    const { asked, heard, opens } = await page.run(async () => {
      const asked = [];
      const reply = (data) => (asked.push(parseInt(data)) === 3 ? "accepted" : undefined);
      const auth = { via: "message", token: () => "t", reply };
      const client = new everwire.Client("/ws/fault/flood?count=5&size=8&kind=text", { auth });
      const entries = diary(client);
      await client.closed;
      const heard = entries.filter(([type]) => type === "message").map(([, data]) => parseInt(data));
      return { asked, heard, opens: count(entries, "open") };
    });
    assert.deepEqual(asked, [0, 1, 2]);
    assert.deepEqual(heard, [0, 1, 3, 4], "all but the reply");
    assert.equal(opens, 1);
  });

  test("the auth message may be binary, and so may the reply", async () => {
    const replies = await page.run(async () => {
      const replies = [];
      for (const [binaryType, message] of [
        ["arraybuffer", (token) => new TextEncoder().encode(token)],
        ["arraybuffer", (token) => new TextEncoder().encode(token).buffer],
        ["blob", (token) => new Blob([token])],
      ]) {
        const reply = (data) => replies.push([data.constructor.name, data.byteLength ?? data.size]) && "accepted";
        const client = new everwire.Client("/ws/echo", { binaryType, auth: { via: "message", token: () => "secret", message, reply } });
        await client.opened;
        await client.close();
      }
      return replies;
    });
    assert.deepEqual(replies, [["ArrayBuffer", 6], ["ArrayBuffer", 6], ["Blob", 6]]);
  });

  test("an auth message that cannot be written is an attempt that failed, and the page is told why", async () => {
    const { entries, reported } = await page.run(async () => {
      const reported = [];
      addEventListener("error", (event) => reported.push(event.message) && event.preventDefault());
      let written = 0;
      const message = (token) => (written++ === 0 ? throwing() : JSON.stringify({ type: "auth", token }));
      const auth = { via: "message", token: () => issued(), message };
      const client = new everwire.Client("/ws/token?via=message", { auth, reconnect: quick });
      const entries = diary(client);
      await client.opened;
      await client.close();
      return { entries, reported };
    });
    assert.deepEqual(entries.filter(([type]) => ["error", "open"].includes(type)), [
      ["error", "unavailable/token"],
      ["open", { attempt: 1, reconnected: false }],
    ]);
    assert.equal(reported.length, 1);
    assert.match(reported[0], /from a listener/);
  });

  test("a reply() that throws says nothing, and the page is told", async () => {
    const { entries, reported } = await page.run(async () => {
      const reported = [];
      addEventListener("error", (event) => reported.push(event.message) && event.preventDefault());
      const auth = { via: "message", token: () => "t", reply: () => throwing(), timeout: 300 };
      const client = new everwire.Client("/ws/echo", { auth, reconnect: false });
      const entries = diary(client);
      await client.closed;
      return { entries, reported };
    });
    assert.deepEqual(entries.filter(([type]) => type !== "state").map(([type, told]) => [type, told?.code ?? told]), [
      ["message", '{"type":"auth","token":"t"}'], // nobody said that it is the reply
      ["error", "unavailable/reply-timeout"],
      ["close", 1006],
    ]);
    assert.equal(reported.length, 1);
  });
});

const sizes = ({ seen }) => seen.filter(({ event }) => event === "message").map(({ bytes }) => bytes);
