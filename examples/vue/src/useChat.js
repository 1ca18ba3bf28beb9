// How does a component keep a connection for as long as it is there?

import { Client } from "everwire";
import { onMounted, onUnmounted, ref } from "vue";

export function useChat(url) {
  const state = ref("connecting");
  const lines = ref([]);
  const leaving = new AbortController();
  const { signal } = leaving;
  let client;

  // not before it is mounted: on a server, where pages are only rendered, nobody would close it
  onMounted(() => {
    client = new Client(url, { signal });
    client.addEventListener("state", () => (state.value = client.state), { signal });
    client.addEventListener("message", ({ data }) => lines.value.push(data), { signal });
  });
  onUnmounted(() => leaving.abort()); // closes the client, and nothing more is heard of it

  return { state, lines, send: (line) => client?.send(line) }; // without a connection it waits
}
