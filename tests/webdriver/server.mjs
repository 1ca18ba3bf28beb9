// How does a test get a server of its own?

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { pkg, server as binary, www } from "./environment.mjs";

/**
 * Starts the companion server with the demo, on a free port; it ends with the test file at the latest.
 *
 * `pages` is what it serves at `/`, `packaged` at `/pkg/`; `options` are more of the server's own.
 */
export async function startServer({ addr = "127.0.0.1:0", pages = www, packaged = pkg, options = [] } = {}) {
  const child = spawn(binary, ["--addr", addr, "--www", pages, "--pkg", packaged, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = new Server(child);
  running.add(server);
  await server.listening();
  return server;
}

class Server {
  #child;
  #complaints = "";
  #ended;
  /** `http://127.0.0.1:PORT`, or https with `--tls`. */
  url;

  constructor(child) {
    this.#child = child;
    this.#ended = new Promise((resolve, reject) => {
      child.once("error", (error) => reject(new Error(`the companion server did not start: ${error.message}`)));
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    this.#ended.catch(() => {}); // told by listening()
    child.stderr.setEncoding("utf8").on("data", (text) => (this.#complaints += text));
  }

  /** Resolves once it serves. */
  async listening() {
    const lines = createInterface({ input: this.#child.stdout });
    const ended = this.#ended.then(({ code, signal }) => {
      throw new Error(`the companion server ended (${signal ?? code}) before it listened: ${this.#complaints}`);
    });
    const [line] = await Promise.race([once(lines, "line"), ended]);
    ended.catch(() => {}); // later it ends because it is asked to
    this.url = /^listening on (https?:\/\/\S+)$/.exec(line)?.[1];
    if (!this.url) throw new Error(`the companion server said "${line}" and not where it listens`);
  }

  get host() {
    return new URL(this.url).host;
  }

  /** The address of one of its WebSocket endpoints. */
  ws(path) {
    return `${this.url.replace("http", "ws")}${path}`;
  }

  /** Asks it to stop, as a deploy does. */
  async stop() {
    this.#child.kill("SIGTERM");
    running.delete(this);
    return this.#ended;
  }

  /** Ends it at once, as a crash does. */
  async kill() {
    this.#child.kill("SIGKILL");
    running.delete(this);
    return this.#ended;
  }

  killNow() {
    this.#child.kill("SIGKILL");
  }
}

/** What must not outlive the tests, however they end. */
const running = new Set();
after(() => Promise.all(Array.from(running, (server) => server.kill())));
process.on("exit", () => running.forEach((server) => server.killNow()));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));
