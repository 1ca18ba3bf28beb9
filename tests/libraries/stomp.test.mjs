// Does STOMP.js run on our class with a broker, and do its subscriptions come back after cuts?

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";
import { startStompBroker } from "./stomp-broker.mjs";

describe("STOMP.js", () => {
  const page = libraryPage("stomp");

  for (const way of ["plain", "layers"]) {
    test(`a subscription is one subscription after five cuts: ${way}`, async () => {
      const broker = await startStompBroker();
      const proxy = await startCuttingProxy(broker.port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}/stomp`);
      const told = [];
      const said = [];
      for (let cuts = 0; cuts <= CUTS; cuts += 1) {
        await until("it has subscribed again", () => broker.subscribed > cuts && broker.readers === 1);
        told.push(`broker after ${cuts} cuts`);
        broker.tell(told.at(-1));
        await page.sees(told.at(-1));
        said.push(`page after ${cuts} cuts`);
        await page.run((line) => void globalThis.say(line), said.at(-1));
        await until("the broker has it", () => broker.heard.at(-1) === said.at(-1));
        if (cuts < CUTS) proxy.cut();
      }
      await cameBackOnce(page, proxy, told);
      assert.deepEqual(broker.heard, said);
      assert.equal(broker.subscribed, 1 + CUTS, "once on each socket");
      assert.equal(await page.run(() => globalThis.lost), CUTS);
    });
  }

  test("with `reconnect` there are two sockets after a cut, as docs/LIBRARIES.md warns", async () => {
    const broker = await startStompBroker();
    const proxy = await startCuttingProxy(broker.port);
    await page.start("fighting", `ws://127.0.0.1:${proxy.port}/stomp`);
    await until("it has subscribed", () => broker.readers === 1);
    proxy.cut();
    await until("ours and the library's own are live", () => proxy.live === 2);
  });
});
