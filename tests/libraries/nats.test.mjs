// Does NATS run on our class with nats-server, and do its subscriptions come back after cuts?

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";
import { startNatsServer } from "./nats-server.mjs";

describe("NATS", () => {
  const page = libraryPage("nats");

  for (const way of ["plain", "layers"]) {
    test(`a subscription is one subscription after five cuts: ${way}`, async () => {
      const server = await startNatsServer();
      const proxy = await startCuttingProxy(server.port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}`);
      const told = [];
      const said = [];
      for (let cuts = 0; cuts <= CUTS; cuts += 1) {
        await connects(1 + cuts);
        told.push(`server after ${cuts} cuts`);
        server.tell(told.at(-1));
        await page.sees(told.at(-1));
        said.push(`page after ${cuts} cuts`);
        await page.run((line) => void globalThis.say(line), said.at(-1));
        await until("the server has it", () => server.heard.at(-1) === said.at(-1));
        if (cuts < CUTS) proxy.cut();
      }
      await cameBackOnce(page, proxy, told);
      assert.deepEqual(server.heard, said);
      assert.equal(await page.run(() => globalThis.lost), CUTS);
    });
  }

  function connects(count) {
    return until(`the server has answered on ${count} connections`, async () => (await page.run(() => globalThis.connects)) === count);
  }
});
