// Does the article's sending loop hold back before a slow reader?

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { consumerPage } from "./consumer-page.mjs";

describe("every 100 ms, if bufferedAmount is 0, send more", () => {
  const page = consumerPage();
  beforeEach(() => page.open());

  /** Runs the article's loop for `rounds` of its turns, then asks the server what it has read. */
  async function runLoop(rounds) {
    return page.run(async (turns) => {
      const socket = await openSocket("/ws/fault/slow?rate=2097152");
      const BYTES = 1024 * 1024;
      let [sent, skipped, highest] = [0, 0, 0];
      await new Promise((resolve) => {
        let turn = 0;
        const timer = setInterval(() => {
          if (socket.bufferedAmount === 0) {
            const message = new Uint8Array(BYTES);
            for (let at = 0; at < BYTES; at += 65_536) crypto.getRandomValues(message.subarray(at, at + 65_536));
            new DataView(message.buffer).setUint32(0, sent, true); // the server checks the order by it
            socket.send(message);
            sent += 1;
          } else {
            skipped += 1;
          }
          highest = Math.max(highest, socket.bufferedAmount);
          turn += 1;
          if (turn < turns) return;
          clearInterval(timer);
          resolve();
        }, 100);
      });
      const count = next(socket, "message");
      socket.send("count?");
      const { messages, bytes, inOrder } = JSON.parse((await count).data);
      return { sent, skipped, highest, messages, bytes, inOrder, left: socket.bufferedAmount };
    }, rounds);
  }

  test("never more than one message waits, and every message arrives in order", async (t) => {
    const { sent, skipped, highest, messages, bytes, inOrder, left } = await runLoop(page.name === "webkit" ? 20 : 60);
    t.diagnostic(`${sent} sent, ${skipped} turns skipped, at most ${highest} bytes waited`);
    assert.deepEqual({ messages, bytes, inOrder, left }, { messages: sent, bytes: sent * 1024 * 1024, inOrder: true, left: 0 });
    assert.ok(highest <= 1024 * 1024 + 64, `${highest} bytes waited: more than one message`);
    // in WebKitGTK nothing holds back: what waits is in its network process, unseen
    if (page.name !== "webkit") assert.ok(skipped > 0, "the reader was slow enough to be felt");
  });
});
