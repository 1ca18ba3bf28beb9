// Does the package work while it is developed with, under Vite's dev server, which bundles dependencies in advance?

import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { root } from "../webdriver/environment.mjs";
import { openRoom } from "../webdriver/room.mjs";

describe("a dev server", () => {
  let browser;
  let room;
  before(async () => {
    browser = await openBrowser();
    room = await openRoom();
  });

  // each by its npm package, which is also the name of its project
  for (const vite of ["vite", "vite-previous"]) {
    describe(`of ${vite}`, () => {
      let dev;
      before(async () => (dev = await startDevServer(vite)));
      after(() => dev.stop());

      for (const page of ["embedded", "slim", "slim-by-url", "worker"]) {
        test(`serves a page that chats: ${page}`, async () => {
          await room.hearsPage(browser, `${dev.url}/${page}.html`, `${vite} ${page}`);
        });
      }
    });
  }
});

/** As `vite` on a command line, but for the port, which is any, and for what it keeps, which is nobody else's. */
async function startDevServer(name) {
  const { createServer: createVite } = await import(name);
  const cacheDir = await mkdtemp(join(tmpdir(), "everwire-vite-"));
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const vite = await createVite({
    root: join(root, "target/consumers", name),
    cacheDir,
    logLevel: "warn",
    server: { middlewareMode: true, hmr: { server }, watch: null },
  });
  server.on("request", (request, response) => {
    if (request.url === "/favicon.ico") response.writeHead(204).end(); // each browser asks for it, and complains of a 404
    else vite.middlewares(request, response);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      await vite.close();
      server.close();
      server.closeAllConnections();
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}
