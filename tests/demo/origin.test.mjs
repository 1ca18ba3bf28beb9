// Whom does the server let in?

import assert from "node:assert/strict";
import { request } from "node:http";
import { before, describe, test } from "node:test";
import { openBrowser } from "../webdriver/browser.mjs";
import { openDemo } from "../webdriver/demo-page.mjs";
import { startServer } from "../webdriver/server.mjs";

describe("origin", () => {
  let driver;
  let run;
  before(async () => ({ driver, run } = await openBrowser()));

  test("a page from a second origin gets 403, and connects once it is listed", async () => {
    const stranger = await startServer();
    const closed = await startServer();
    const open = await startServer({ options: ["--origin", stranger.url] });
    await openDemo(driver, stranger);

    // a page sees a refusal as 1006 and nothing more; the status is seen from outside
    assert.deepEqual(await connect(closed), { opened: false, code: 1006 });
    assert.equal(await handshakeStatus(closed, stranger.url), 403);

    assert.deepEqual(await connect(open), { opened: true, code: 1000 });
    assert.equal(await handshakeStatus(open, stranger.url), 101);
  });

  test("a server lets its own page in without being told", async () => {
    const server = await startServer();
    await openDemo(driver, server);
    assert.deepEqual(await connect(server), { opened: true, code: 1000 });
  });

  test("a page that is reached under another name of the same machine is its own too", async () => {
    const server = await startServer();
    server.url = server.url.replace("127.0.0.1", "localhost");
    const page = await openDemo(driver, server);
    await page.shows("#hello-log", "[message] Data received from server: Hello from server, John!");
  });

  /** From the page at hand: connects to another server's echo, and says how that went. */
  async function connect(server) {
    return run(async (url) => {
      const { WebSocket } = await import("/pkg/everwire.js");
      return new Promise((resolve) => {
        const socket = new WebSocket(url);
        let opened = false;
        socket.onopen = () => {
          opened = true;
          socket.close(1000);
        };
        socket.onclose = ({ code }) => resolve({ opened, code });
      });
    }, [server.ws("/ws/echo")]);
  }
});

/** The status of the answer to a WebSocket handshake that names `origin`. */
function handshakeStatus(server, origin) {
  return new Promise((resolve, reject) => {
    const handshake = request(`${server.url}/ws/echo`, {
      headers: {
        Origin: origin,
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", // RFC 6455 §1.3
      },
    });
    handshake.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    handshake.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    handshake.on("error", reject);
    handshake.end();
  });
}
