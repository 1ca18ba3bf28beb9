// Is it safe to call anything from anywhere?
//
// Each life below goes through every event there is; in each event in turn, each method is called.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

const EVENTS = ["open", "message", "error", "down", "retry", "drop", "drain", "state", "close"];

describe("calling back from inside an event", () => {
  const page = consumerPage();
  beforeEach(async () => {
    await page.open();
    await page.run(prepareLives);
  });

  for (const type of EVENTS) {
    test(`in "${type}" everything may be asked and sent, and the life goes on as it would`, async () => {
      const { seen, called, thrown, code, echoed } = await page.run((type) => {
        const inner = new EventTarget();
        return live(type, (client) => {
          client.send("from inside");
          client.flush().catch(() => {}); // over a loss it cannot know
          client.stats();
          client.messages().return();
          client.addEventListener("message", () => {}, { once: true });
          client.removeEventListener("message", () => {});
          client.binaryType = "arraybuffer";
          inner.dispatchEvent(new Event("x"));
          void [client.opened, client.closed, client.state, client.url, client.protocol, client.bufferedAmount];
        });
      }, type);
      assert.deepEqual([thrown, code, echoed], [[], 4000, true]);
      assert.ok(called > 0);
      assert.deepEqual(seen, EVENTS.toSorted(), "and each event came");
    });

    test(`in "${type}" reconnect() and close() do what they do anywhere`, async () => {
      const reconnected = await page.run((type) => {
        return live(type, (client) => client.reconnect());
      }, type);
      assert.deepEqual([reconnected.thrown, reconnected.code, reconnected.echoed], [[], 4000, true]);
      const closed = await page.run((type) => live(type, (client) => client.close(4001)), type);
      // ours, or the peer's if it was first; none where there is no socket, or no known code; and after the end it is too late
      assert.ok((type === "close" ? [4000] : [4001, 1006, 1012]).includes(closed.code), `${closed.code}`);
      assert.deepEqual([closed.thrown, closed.afterEnd], [[], []]);
    });
  }
});

/** Runs in the page. `live(type, act)`: a life in which `act` is called in each event of this type. */
function prepareLives() {
  globalThis.live = async (type, act) => {
    const thrown = [];
    const onError = (event) => {
      if (!event.message.includes("no address yet")) thrown.push(event.message);
      event.preventDefault();
    };
    addEventListener("error", onError);
    const [seen, afterEnd] = [new Set(), []];
    let looked = 0;
    const url = () => {
      looked += 1;
      if (looked === 1) throw new Error("no address yet"); // error, retry
      return seen.has("down") ? "/ws/echo" : "/ws/fault/close?code=1012&after=message"; // down
    };
    const client = new everwire.Client(url, { reconnect: quick, queue: { maxMessages: 6 }, limit: { messagesPerSecond: 20 } }); // slower than any machine calls send()
    let [called, isOver, echoed] = [0, false, false];
    for (const name of ["open", "message", "error", "down", "retry", "drop", "drain", "state", "close"]) {
      client.addEventListener(name, (event) => {
        seen.add(name);
        // what is refused after the end is told after it
        if (isOver && name !== "drop") afterEnd.push(name);
        if (name === "close") isOver = true;
        if (name === "message") echoed ||= event.data === "to the echo";
        if (name !== type || called === 4) return; // an echo's echo would have no end
        called += 1;
        act(client);
      });
    }
    // eight at once where six may wait: drop; held up by the rate, and then not: drain
    client.addEventListener("open", () => {
      for (let sent = 0; sent < 8; sent += 1) client.send("to the echo");
    });
    const quiet = () => client.state === "open" && client.stats().queuedMessages === 0 && echoed && seen.has("drain") && seen.has("down") && seen.has("drop");
    while (client.state !== "closed" && !(quiet() && called > 0)) {
      if (quiet() && type === "close") break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { code } = await client.close(4000);
    await new Promise((resolve) => setTimeout(resolve)); // what would come after the end comes in a microtask
    removeEventListener("error", onError);
    return { seen: [...seen].sort(), called, thrown, code, echoed, afterEnd };
  };
  return null;
}
