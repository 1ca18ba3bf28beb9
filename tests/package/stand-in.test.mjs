// What if the class that an application gives is not quite the browser's?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("a class of the application's own", () => {
  const page = consumerPage();
  beforeEach(async () => {
    await page.open();
    await page.run(prepareClasses);
  });

  test("that knows only array buffers connects where those are wanted; else it is refused, and its socket closed", async () => {
    const answer = await page.run(async () => {
      class Buffers extends StandIn {
        set binaryType(type) {
          if (type !== "arraybuffer") throw new SyntaxError("just arraybuffer");
        }
      }
      const client = new everwire.Client("/x", { WebSocket: Buffers });
      latest.opens();
      await client.opened;
      client.close();
      const other = new everwire.Client("/x", { WebSocket: Buffers, binaryType: "blob", reconnect: { attempts: 1 } });
      const { error } = await next(other, "error");
      return [error.message, latest.closed];
    });
    assert.deepEqual(answer, [
      "could not connect: the browser refused to open a WebSocket: just arraybuffer", [1000, ""],
    ]);
  });

  const faults = {
    "whose bufferedAmount throws": () => class extends StandIn {
      constructor(url) {
        super(url);
        Object.defineProperty(this, "bufferedAmount", { get: () => { throw new Error("not here"); } });
      }
    },
    "that closes without a reason": () => class extends StandIn {
      ends(code) { super.ends(code, null); }
    },
    "that throws where it is asked for its protocol": () => class extends StandIn {
      constructor(url) {
        super(url);
        Object.defineProperty(this, "protocol", { get: () => { throw new Error("not here"); } });
      }
    },
  };
  for (const [name, make] of Object.entries(faults)) {
    test(`${name} is heard and closed like any other`, async () => {
      const seen = await page.run(`async () => {
        const client = new everwire.Client("/x", { WebSocket: (${make})(), reconnect: { minDelay: 60_000 } });
        client.send("waits");
        const retried = next(client, "retry");
        try {
          latest.opens();
        } catch {} // the class's own fault comes back to it
        latest.ends(1006, "");
        await retried;
        client.close();
        await client.closed;
        return client.state;
      }`);
      assert.equal(seen, "closed");
    });
  }

  test("that sends another message while it sends one keeps both, and counts both", async () => {
    const answer = await page.run(async () => {
      let client;
      class Chatty extends StandIn {
        send(data) {
          super.send(data);
          if (data === "outer") client.send("inner");
        }
      }
      client = new everwire.Client("/x", { WebSocket: Chatty });
      latest.opens();
      await client.opened;
      await client.send("outer");
      const { messagesSent } = client.stats();
      const { sent } = latest;
      client.close();
      return { sent, messagesSent };
    });
    assert.deepEqual(answer, { sent: ["outer", "inner"], messagesSent: 2 });
  });

  test("hears of what is wished inside isPong after the answer: the message counts, and is told", async () => {
    const answer = await page.run(async () => {
      const told = [];
      const isPong = (data) => {
        if (data === "ask") client.send("wished");
        if (data === "last") client.close();
        return data === "pong";
      };
      const client = new everwire.Client("/x", { WebSocket: StandIn, heartbeat: { isPong } });
      client.addEventListener("message", ({ data }) => told.push(data, client.state));
      latest.opens();
      await client.opened;
      for (const data of ["ask", "pong", "last"]) latest.onmessage({ data });
      const { messagesReceived } = client.stats();
      return { told, sent: latest.sent, messagesReceived };
    });
    assert.deepEqual(answer, { told: ["ask", "open", "last", "closing"], sent: ["wished"], messagesReceived: 2 });
  });

  test("that throws the URL shows no password, whatever else is in it", async () => {
    const message = await page.run(async () => {
      const Refusing = class { constructor(url) { throw new Error(`not ${url}`); } };
      const client = new everwire.Client("wss://me:secret@host/a$&b?k=secret", { WebSocket: Refusing });
      const { error } = await next(client, "error");
      client.close();
      return error.message;
    });
    assert.equal(message, "could not connect: the browser refused to open a WebSocket: not wss://host/a$&b");
  });

  test("brings a reply that reply() gives some other name: it accepts nothing, be it a name that every object has", async () => {
    const states = await page.run(async () => {
      const states = [];
      for (const verdict of ["constructor", "toString", "accepted"]) {
        const auth = { token: () => "token", via: "message", reply: () => verdict, insecure: true };
        const client = new everwire.Client("/x", { WebSocket: StandIn, auth });
        latest.opens();
        latest.onmessage({ data: "reply" });
        states.push(client.state);
        client.close();
      }
      return states;
    });
    assert.deepEqual(states, ["connecting", "connecting", "open"]);
  });

  test("is not given what its own toString() takes back, and send() says so", async () => {
    const code = await page.run(async () => {
      const client = new everwire.Client("/x", { WebSocket: StandIn });
      const controller = new AbortController();
      const data = { toString() { controller.abort(); return "text"; } };
      const code = await client.send(data, { signal: controller.signal }).catch((error) => error.code);
      client.close();
      return code;
    });
    assert.equal(code, "dropped/aborted");
  });

  test("is not dialled where both providers fail, one later than the other, and no rejection is unhandled", async () => {
    const seen = await page.run(async () => {
      const seen = [];
      addEventListener("unhandledrejection", (event) => {
        event.preventDefault();
        seen.push(event.reason.message);
      });
      const url = async () => { throw new Error("no url"); };
      const protocols = () => { throw new Error("no protocols"); };
      const client = new everwire.Client(url, { WebSocket: StandIn, protocols });
      const { error } = await next(client, "error");
      seen.push(error.cause.message);
      client.close();
      await new Promise((resolve) => setTimeout(resolve)); // unhandled rejections are told in a task
      return seen;
    });
    assert.deepEqual(seen, ["no protocols"]);
  });
});

/** Runs in the page: a class without a network, and the `latest` of its sockets. */
function prepareClasses() {
  globalThis.StandIn = class {
    bufferedAmount = 0;
    protocol = "";
    extensions = "";
    sent = [];
    constructor(url) {
      this.url = url;
      globalThis.latest = this;
    }
    send(data) { this.sent.push(data); }
    close(...how) { this.closed = how; }
    opens() { this.onopen({}); }
    ends(code, reason) { this.onclose({ code, reason, wasClean: false }); }
  };
  return null;
}
