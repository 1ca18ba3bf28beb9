// What does a client meet whose connections are cut, held up and led elsewhere, when a test says so?

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after } from "node:test";

/** Leads to this port until it is told otherwise. It ends with the test file at the latest. */
export async function startCuttingProxy(port) {
  const proxy = new CuttingProxy(port);
  running.add(proxy);
  await proxy.listening();
  return proxy;
}

class CuttingProxy {
  /** Where the next connections lead; `null`: they are refused. */
  port;
  /** All that servers said, as it was on the wire. */
  heard = "";
  #listener = createServer((near) => this.#join(near));
  #links = new Set();
  #held = false;

  constructor(port) {
    this.port = port;
  }

  async listening() {
    await once(this.#listener.listen(0, "127.0.0.1"), "listening");
  }

  get host() {
    return `127.0.0.1:${this.#listener.address().port}`;
  }

  /** The address of one of the server's WebSocket endpoints, by this way. */
  ws(path) {
    return `ws://${this.host}${path}`;
  }

  /** From now on nothing that a client sends arrives; it is lost with its connection. */
  hold() {
    this.#held = true;
  }

  /** Resets every connection. New ones pass. */
  cut() {
    this.#held = false;
    for (const { near, far } of this.#links) {
      near.resetAndDestroy();
      far.destroy();
    }
    this.#links.clear();
  }

  close() {
    this.cut();
    this.#listener.close();
  }

  #join(near) {
    if (this.port === null) return void near.resetAndDestroy();
    const far = connect(this.port, "127.0.0.1");
    const link = { near, far };
    this.#links.add(link);
    near.on("data", (bytes) => this.#held || far.write(uncompressed(bytes)));
    far.on("data", (bytes) => {
      this.heard += bytes.toString("latin1");
      near.write(bytes);
    });
    for (const [one, other] of [[near, far], [far, near]]) {
      one.on("error", () => {}); // it is cut
      one.on("close", () => {
        this.#links.delete(link);
        other.destroy();
      });
    }
  }
}

/** A handshake that offers nothing of it: so what servers say can be read. */
function uncompressed(bytes) {
  return bytes.includes(DEFLATE) ? Buffer.from(bytes.toString("latin1").replace(DEFLATE, "x-nothing-at-all--"), "latin1") : bytes;
}

const DEFLATE = "permessage-deflate";

const running = new Set();
after(() => running.forEach((proxy) => proxy.close()));
