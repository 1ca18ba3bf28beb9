// How does a test serve files as a user's own server would, a good one or a bad one?

import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after } from "node:test";

/**
 * Serves the files of `folder` on a free port until the test file ends.
 *
 * `types` are MIME types by ending where they are not the right ones; `headers` go on every answer.
 */
export async function serveFiles(folder, { types = {}, headers = {} } = {}) {
  const asked = [];
  const sent = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://127.0.0.1").pathname));
    asked.push(path);
    const content = await readFile(join(folder, path)).catch(() => null);
    const type = { ...TYPES, ...types }[extname(path)] ?? "application/octet-stream";
    if (content) response.writeHead(200, { ...headers, "Content-Type": type });
    else if (path === "/favicon.ico") response.writeHead(204); // each browser asks for it, and complains of a 404
    else response.writeHead(404);
    response.end(content);
    if (content) sent.push({ path, length: content.length });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  serving.push(server);
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, asked, sent };
}

/** What would keep the test file from ending; browsers keep connections for later. */
const serving = [];
after(() => serving.forEach((server) => server.close() && server.closeAllConnections()));

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
