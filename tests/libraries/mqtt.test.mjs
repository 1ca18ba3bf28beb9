// Does MQTT.js run on our class with Mosquitto, and does "exactly once" stay so over cuts?

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";
import { startMosquitto } from "./mosquitto.mjs";

describe("MQTT.js", () => {
  const page = libraryPage("mqtt");

  for (const way of ["plain", "layers"]) {
    test(`quality 2 is exactly once in both directions over five cuts: ${way}`, async () => {
      const broker = await startMosquitto();
      const proxy = await startCuttingProxy(broker.port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}/mqtt`);
      const said = [];
      const told = [];
      const exchange = async (when) => {
        said.push(`page ${when}`);
        await page.run((line) => void globalThis.say(line), said.at(-1));
        told.push(`broker ${when}`);
        await broker.says(told.at(-1));
      };
      const connects = (count) => until(`greeted ${count} times`, async () => (await page.run(() => globalThis.connects)) === count);
      await connects(1);
      await exchange("first");
      await page.sees(told.at(-1)); // it has subscribed
      for (let cut = 1; cut <= CUTS; cut += 1) {
        await exchange(`at cut ${cut}`); // on its way
        proxy.cut();
        await until("the page has lost it", async () => (await page.run(() => globalThis.lost)) === cut);
        await exchange(`while away ${cut}`);
        await connects(1 + cut);
      }
      const describe = async () => `the other client has ${JSON.stringify(broker.heard)}`;
      await until("the page's last has arrived", () => broker.heard.includes(said.at(-1)), { describe });
      await page.sees(told.at(-1));
      assert.deepEqual(broker.heard.toSorted(), said.toSorted(), "each line of the page once");
      await cameBackOnce(page, proxy, told);
    });
  }
});
