// How does a component keep a connection for as long as it is there?

import { Client, type ClientState } from "everwire";
import { useCallback, useEffect, useRef, useState } from "react";

export function useChat(url: string) {
  const [state, setState] = useState<ClientState>("connecting");
  const [lines, setLines] = useState<string[]>([]);
  const current = useRef<Client>(null);

  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const client = (current.current = new Client(url, { signal }));
    const show = () => setState(client.state);
    client.addEventListener("state", show, { signal });
    client.addEventListener("message", ({ data }) => setLines((lines) => [...lines, String(data)]), { signal });
    show();
    return () => leaving.abort(); // closes the client, and nothing more is heard of it
  }, [url]);

  const send = useCallback((line: string) => void current.current?.send(line), []); // without a connection it waits
  return { state, lines, send };
}
