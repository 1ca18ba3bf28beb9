// Does graphql-ws run on our class, and do its subscriptions come back after cuts?

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";
import { startNewsServer } from "./news-server.mjs";

describe("graphql-ws", () => {
  const page = libraryPage("graphql-ws");

  for (const way of ["plain", "layers"]) {
    test(`a subscription is one subscription after five cuts: ${way}`, async () => {
      const news = await startNewsServer();
      const proxy = await startCuttingProxy(news.port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}/graphql`);
      const told = [];
      for (let cuts = 0; cuts <= CUTS; cuts += 1) {
        await until("it has subscribed again", () => news.subscribed > cuts && news.readers === 1);
        told.push(`after ${cuts} cuts`);
        news.tell(told.at(-1));
        await page.sees(told.at(-1));
        if (cuts < CUTS) proxy.cut();
      }
      await cameBackOnce(page, proxy, told);
      assert.equal(news.subscribed, 1 + CUTS, "once on each socket");
    });
  }

  test("a network that falls silent is noticed by the heartbeat, and the subscription comes back", async () => {
    const news = await startNewsServer();
    const proxy = await startCuttingProxy(news.port);
    await page.start("layers", `ws://127.0.0.1:${proxy.port}/graphql`);
    await until("it has subscribed", () => news.readers === 1);
    proxy.silence();
    await until("it has subscribed again", () => news.subscribed === 2);
    news.tell("heard again");
    await page.sees("heard again");
  });

  test("with `reconnect` there are two sockets after a cut, as docs/LIBRARIES.md warns", async () => {
    const news = await startNewsServer();
    const proxy = await startCuttingProxy(news.port);
    await page.start("fighting", `ws://127.0.0.1:${proxy.port}/graphql`);
    await until("it has subscribed", () => news.readers === 1);
    proxy.cut();
    await until("ours and the library's own are live", () => proxy.live === 2);
  });
});
