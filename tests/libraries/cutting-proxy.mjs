// How does a test cut the connections between a page and a server that knows nothing of it, and count them?

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { after } from "node:test";

/**
 * Stands before what listens on `port` of this machine until the test file ends.
 *
 * `made` is how many connections have said something (a browser may open one ahead and never use it), `live` how many of
 * them are up on the page's side. `cut()` resets every one of them; `silence()` lets them stand and carries nothing more, as a network does that
 * has forgotten them.
 */
export async function startCuttingProxy(port) {
  const pairs = new Set();
  const proxy = { made: 0, get live() { return pairs.size; }, cut, silence };
  const listener = createServer((near) => {
    near.once("data", (first) => {
      const far = connect(port, "127.0.0.1");
      const pair = { near, far };
      proxy.made += 1;
      pairs.add(pair);
      far.write(first);
      near.pipe(far);
      far.pipe(near);
      near.on("close", () => pairs.delete(pair) && far.destroy());
      far.on("close", () => near.end());
      far.on("error", () => near.destroy());
    });
    near.on("error", () => {}); // its close follows
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  standing.push(() => listener.close() && cut());
  proxy.port = listener.address().port;
  return proxy;

  function cut() {
    for (const { near, far } of pairs) {
      // reset while it is half closed, Node 20 turns in libuv for ever
      if (near.writableEnded) near.destroy();
      else near.resetAndDestroy();
      far.destroy();
    }
    pairs.clear();
  }

  function silence() {
    for (const { near, far } of pairs) {
      near.unpipe(far).resume();
      far.unpipe(near).resume();
    }
  }
}

const standing = [];
after(() => standing.forEach((end) => end()));
