// How does a test get a broker of its own? Debian's Mosquitto, over WebSockets.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
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
  let complaints = "";
  for (let tries = 0; tries < 5; tries += 1) {
    const port = await freePort();
    const broker = spawn(program, ["-c", await configFor(port)], { stdio: ["ignore", "ignore", "pipe"] });
    running.add(broker);
    complaints = "";
    for await (const line of createInterface({ input: broker.stderr })) {
      if (/version \S+ running/.test(line)) return broker.stderr.resume() && port; // or a full pipe would hold it up
      complaints += `${line}\n`;
    }
    running.delete(broker);
  }
  throw new Error(`mosquitto ended before it listened: ${complaints}`);
}

async function configFor(port) {
  const folder = await mkdtemp(join(tmpdir(), "everwire-mosquitto-"));
  folders.push(folder);
  const file = join(folder, "mosquitto.conf");
  await writeFile(file, [
    `user ${userInfo().username}`, // as root it would become its own user, who may not write in our folder
    `listener 0 ${join(folder, "socket")}`, // 2.0.11 ends when it has WebSockets only; goes when Debian's is newer
    `listener ${port} 127.0.0.1`,
    "socket_domain ipv4", // without it the address is not looked at, and it listens to the whole network
    "protocol websockets",
    "allow_anonymous true",
    "persistence false",
    "",
  ].join("\n"));
  return file;
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Debian puts it among the system's programs, which are not on everyone's PATH. */
async function found() {
  for (const folder of [...process.env.PATH.split(delimiter), "/usr/sbin", "/usr/local/sbin"]) {
    const program = join(folder, "mosquitto");
    if (await access(program).then(() => true, () => false)) return program;
  }
  throw new Error("there is no mosquitto: run `cargo xtask setup`");
}

const clients = [];
const folders = [];
const running = new Set();
after(async () => {
  for (const client of clients) client.end(true);
  for (const broker of running) broker.kill("SIGKILL");
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});
process.on("exit", () => running.forEach((broker) => broker.kill("SIGKILL")));
