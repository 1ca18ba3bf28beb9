// Does y-websocket run on our class, and is the document the same on both sides after cuts?

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../webdriver/until.mjs";
import { startCuttingProxy } from "./cutting-proxy.mjs";
import { CUTS, cameBackOnce, libraryPage } from "./library-page.mjs";
import { startYjsServer } from "./yjs-server.mjs";

describe("y-websocket", () => {
  const page = libraryPage("y-websocket");

  for (const way of ["plain", "layers"]) {
    test(`the document is whole after five cuts, with what either side wrote meanwhile: ${way}`, async () => {
      const yjs = await startYjsServer();
      const proxy = await startCuttingProxy(yjs.port);
      await page.start(way, `ws://127.0.0.1:${proxy.port}`);
      const synced = () => page.run(() => globalThis.synced);
      const has = (line) => yjs.lines.toArray().includes(line);
      await until("it has synced", synced);
      for (let cut = 1; cut <= CUTS; cut += 1) {
        proxy.cut();
        await until("the page has lost it", async () => !(await synced()) || proxy.made > cut);
        yjs.lines.push([`server ${cut}`]);
        await page.run((line) => globalThis.say(line), `page ${cut}`);
        await until("it has synced again", async () => yjs.syncs > cut && (await synced()));
        await until("the server has the page's line", () => has(`page ${cut}`));
        await until("the page has the server's", async () => (await page.run(() => globalThis.seen)).includes(`server ${cut}`));
      }
      await cameBackOnce(page, proxy, yjs.lines.toArray());
      assert.equal(yjs.lines.length, 2 * CUTS, "each line once");
      assert.equal(yjs.syncs, 1 + CUTS, "compared once on each socket");
    });
  }
});
