// How does a test get a broker of its own? Debian's Mosquitto, over WebSockets.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect as connectTcp, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after } from "node:test";
import mqtt from "mqtt";

/** Starts one on a free port; it ends with the test file at the latest. `says(line)` and `heard` are a client beside the page. */
export async function startMosquitto() {
  const port = await listening();
  const client = await mqtt.connectAsync(`ws://127.0.0.1:${port}`);
  clients.push(client);
  const heard = [];
  client.on("message", (_topic, payload) => heard.push(String(payload)));
  await client.subscribeAsync("from/page", { qos: 2 });
  return { port, heard, says: (line) => client.publishAsync("to/page", line, { qos: 2 }) };
}

/** Mosquitto takes no port 0 for WebSockets: a free one is asked for, and another if somebody was quicker. */
async function listening() {
  const program = await found();
  for (let tries = 0; tries < 5; tries += 1) {
    const port = await freePort();
    const broker = spawn(program, ["-c", await configFor(port)], { stdio: ["ignore", "ignore", "pipe"] });
    running.add(broker);
    let ended = false;
    const end = once(broker, "exit").then(() => (ended = true));
    broker.stderr.resume();
    while (!ended) {
      if (await answers(port)) return port;
      await Promise.race([end, new Promise((resolve) => setTimeout(resolve, PACE))]);
    }
    running.delete(broker);
  }
  throw new Error("mosquitto ends before it listens: `mosquitto -v` says why");
}

async function configFor(port) {
  const folder = await mkdtemp(join(tmpdir(), "everwire-mosquitto-"));
  folders.push(folder);
  const file = join(folder, "mosquitto.conf");
  const lines = [`listener ${port} 127.0.0.1`, "protocol websockets", "allow_anonymous true", "persistence false"];
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1");
    socket.once("connect", () => resolve(true) ?? socket.destroy());
    socket.once("error", () => resolve(false));
  });
}

/** Debian puts it among the system's programs, which are not on everyone's PATH. */
async function found() {
  for (const folder of [...process.env.PATH.split(delimiter), "/usr/sbin", "/usr/local/sbin"]) {
    const program = join(folder, "mosquitto");
    if (await access(program).then(() => true, () => false)) return program;
  }
  throw new Error("there is no mosquitto: run `cargo xtask setup`");
}

/** 20 ms: it listens within some 50. */
const PACE = 20;

const clients = [];
const folders = [];
const running = new Set();
after(async () => {
  for (const client of clients) client.end(true);
  for (const broker of running) broker.kill("SIGKILL");
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});
process.on("exit", () => running.forEach((broker) => broker.kill("SIGKILL")));
