// When did the first message arrive, counted from where the navigation began?

const url = `${location.origin.replace("http", "ws")}/ws/echo`;

/** Someone with the browser's interface. */
export function first(socket) {
  socket.addEventListener("open", () => socket.send("first"));
  socket.addEventListener("message", () => (globalThis.first = performance.now()), { once: true });
}

/** One of the Rust programs. */
export async function firstOf({ default: init, Connection }) {
  await init();
  const connection = await Connection.open(url);
  connection.prepare(false, 5, 1, 1, false, 1);
  await connection.follow();
  globalThis.first = performance.now();
}

export { url };
