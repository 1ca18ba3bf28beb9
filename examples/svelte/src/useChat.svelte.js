// How does a component keep a connection for as long as it is there?

import { Client } from "everwire";

/** `url` is a function, so that another address is another connection. */
export function useChat(url) {
  const chat = $state({ state: "connecting", lines: [] });
  let client;

  $effect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const joined = (client = new Client(url(), { signal }));
    const show = () => (chat.state = joined.state);
    joined.addEventListener("state", show, { signal });
    joined.addEventListener("message", ({ data }) => chat.lines.push(data), { signal });
    show();
    return () => leaving.abort(); // closes the client, and nothing more is heard of it
  });

  return { chat, send: (line) => client?.send(line) }; // without a connection it waits
}
