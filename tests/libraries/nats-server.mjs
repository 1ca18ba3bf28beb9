// How does a test get a NATS server of its own? Debian's, over WebSockets.

import { spawn } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { wsconnect } from "@nats-io/nats-core";
import WebSocket from "ws";

/** Starts one on a port that it chooses; it ends with the test file. `tell(line)` and `heard` are a client beside the page. */
export async function startNatsServer() {
  const server = spawn(await found(), ["--config", await config()], { stdio: ["ignore", "ignore", "pipe"] });
  running.add(server);
  const port = await portOf(server);
  const client = await wsconnect({
    servers: `ws://127.0.0.1:${port}`,
    wsFactory: async (url) => ({ socket: new WebSocket(url), encrypted: false }),
  });
  clients.push(client);
  const heard = [];
  client.subscribe("from.page", { callback: (_error, message) => heard.push(message.string()) });
  await client.flush();
  return { port, heard, tell: (line) => client.publish("to.page", line) };
}

async function config() {
  const folder = await mkdtemp(join(tmpdir(), "everwire-nats-"));
  folders.push(folder);
  const file = join(folder, "nats.conf");
  const lines = ["listen: 127.0.0.1:-1", 'websocket { host: "127.0.0.1", port: -1, no_tls: true }']; // -1: a free one
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

/** It says where it listens, then that it is ready. */
async function portOf(server) {
  const lines = [];
  for await (const line of createInterface({ input: server.stderr })) {
    lines.push(line);
    if (!line.includes("Server is ready")) continue;
    server.stderr.resume();
    return Number(/websocket clients on ws:\/\/[^ ]*:(\d+)/.exec(lines.join("\n"))[1]);
  }
  throw new Error(`nats-server ends before it is ready:\n${lines.join("\n")}`);
}

/** Debian puts it among the system's programs, which are not on everyone's PATH. */
async function found() {
  for (const folder of [...process.env.PATH.split(delimiter), "/usr/sbin", "/usr/local/sbin"]) {
    const program = join(folder, "nats-server");
    if (await access(program).then(() => true, () => false)) return program;
  }
  throw new Error("there is no nats-server: run `cargo xtask setup`");
}

const clients = [];
const folders = [];
const running = new Set();
after(async () => {
  await Promise.all(clients.map((client) => client.close()));
  for (const server of running) server.kill("SIGKILL");
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});
process.on("exit", () => running.forEach((server) => server.kill("SIGKILL")));
