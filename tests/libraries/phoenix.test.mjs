// Does Phoenix run on our class, are its channels joined again after cuts, and does what is pushed meanwhile arrive once?

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";
import { startPhoenixServer } from "./phoenix-server.mjs";

describe("Phoenix", () => {
  const page = libraryPage("phoenix");

  for (const way of ["plain", "layers"]) {
    test(`a channel is joined once on each socket over five cuts: ${way}`, async () => {
      const server = await startPhoenixServer();
      const proxy = await startCuttingProxy(server.port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}/socket`);
      const told = [];
      const said = [];
      for (let cuts = 0; cuts <= CUTS; cuts += 1) {
        await until("it has joined again", () => server.joins > cuts && server.members === 1);
        told.push(`server after ${cuts} cuts`);
        server.tell(told.at(-1));
        await page.sees(told.at(-1));
        if (cuts === CUTS) break;
        proxy.cut();
        await until("the page has lost it", async () => (await page.run(() => globalThis.lost)) === 1 + cuts);
        said.push(`page at cut ${1 + cuts}`);
        await page.run((line) => void globalThis.say(line), said.at(-1)); // joined again or not: Phoenix keeps it until then
        await until("the server has it", () => server.heard.at(-1) === said.at(-1));
      }
      await cameBackOnce(page, proxy, told);
      assert.deepEqual(server.heard, said);
      assert.equal(server.joins, 1 + CUTS, "once on each socket");
    });
  }

  test("a network that falls silent is noticed by our heartbeat, and the channel is joined again", async () => {
    const server = await startPhoenixServer();
    const proxy = await startCuttingProxy(server.port);
    await page.start("layers", `ws://127.0.0.1:${proxy.port}/socket`);
    await until("it has joined", () => server.members === 1);
    proxy.silence();
    await until("it has joined again", () => server.joins === 2);
    server.tell("heard again");
    await page.sees("heard again");
  });

  test("with `reconnect` a channel is lost at the second cut, as docs/LIBRARIES.md warns", async () => {
    const server = await startPhoenixServer();
    const proxy = await startCuttingProxy(server.port);
    await page.start("fighting", `ws://127.0.0.1:${proxy.port}/socket`);
    for (const joins of [1, 2]) {
      await until("it has joined", () => server.joins === joins && server.members === 1);
      proxy.cut();
    }
    await until("ours is back", () => proxy.made === 3 && proxy.live === 1);
    // Phoenix heard of the first loss only, and takes the channel for joined; what is said before it is open is never heard of
    await until("what is said is refused", async () => {
      await page.run(() => void globalThis.say("hello"));
      return (await page.run(() => globalThis.seen)).includes("refused: hello");
    });
    assert.equal(server.joins, 2);
  });
});
