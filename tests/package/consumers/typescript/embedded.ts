// What does a strict TypeScript page write that has the WebAssembly within its script?

import { WebSocket } from "everwire";

const asked = new URLSearchParams(location.search);
const name = asked.get("name") ?? "nobody";
const socket: globalThis.WebSocket = new WebSocket(asked.get("server") ?? "/ws/chat");

socket.onopen = () => socket.send(`${name} is here`);
socket.onmessage = ({ data }: MessageEvent<unknown>) => {
  if (data === `welcome, ${name}`) socket.send(`${name} was welcomed`);
};
