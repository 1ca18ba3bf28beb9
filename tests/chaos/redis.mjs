// Which Redis do the servers share? One of their own, with nothing on disk and no port; it ends with us.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Starts it, and gives its address as `--store` takes it. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), "everwire-chaos-"));
  const words = ["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket", "redis.sock"];
  const path = `${process.env.PATH}:/usr/sbin`; // where Debian has servers
  const child = spawn("redis-server", words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PATH: path } });
  const end = () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", end);
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`redis-server did not start: ${error.message}`);
  });
  await Promise.race([ready(child), failed]);
  failed.catch(() => {}); // what comes later is told by the servers
  return { url: `redis+unix://${join(folder, "redis.sock")}`, stop: end };
}

async function ready(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes("eady to accept connections")) return child.stdout.resume();
  }
  throw new Error("redis-server has ended before it was ready");
}
