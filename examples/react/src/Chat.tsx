// What does a component make of the chat?

import { useChat } from "./useChat";

export function Chat({ url }: { url: string }) {
  const { state, lines, send } = useChat(url);
  const say = (form: FormData) => send(String(form.get("line")));
  return (
    <>
      <p role="status">{state}</p>
      <ul>{lines.map((line, index) => <li key={index}>{line}</li>)}</ul>
      <form action={say}><input name="line" aria-label="Message" /><button>Send</button></form>
    </>
  );
}
