// Does RxJS's webSocket run on our class, and does its stream come back after cuts?

import { describe, test } from "node:test";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";

describe("RxJS webSocket", () => {
  const page = libraryPage("rxjs");

  for (const way of ["plain", "layers"]) {
    test(`one stream over five cuts, and what is sent meanwhile arrives once: ${way}`, async () => {
      const server = await startServer({ options: ["--origin", page.files.url] });
      const proxy = await startCuttingProxy(new URL(server.url).port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}/ws/echo`);
      const said = [];
      const say = async (line) => {
        await page.run((line) => globalThis.say(line), line);
        said.push(line);
      };
      await say("first");
      await page.sees("first");
      for (let cut = 1; cut <= CUTS; cut += 1) {
        proxy.cut();
        await until("the page has lost it", async () => (await page.run(() => globalThis.lost)) === cut);
        await say(`while away ${cut}`);
        await page.sees(`while away ${cut}`);
      }
      await cameBackOnce(page, proxy, said);
    });
  }

  test("with `retry` and `reconnect` there are two sockets after a cut, as docs/LIBRARIES.md warns", async () => {
    const server = await startServer({ options: ["--origin", page.files.url] });
    const proxy = await startCuttingProxy(new URL(server.url).port);
    await page.start("fighting", `ws://127.0.0.1:${proxy.port}/ws/echo`);
    await page.run(() => globalThis.say("first"));
    await page.sees("first");
    proxy.cut();
    await until("ours and RxJS's own are live", () => proxy.live === 2);
  });
});
