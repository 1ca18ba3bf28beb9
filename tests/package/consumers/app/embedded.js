// What does a page write that has the WebAssembly within its script?

import { WebSocket } from "everwire";

const { server, name } = Object.fromEntries(new URLSearchParams(location.search));
const socket = new WebSocket(server);

socket.onopen = () => socket.send(`${name} is here`);
socket.onmessage = ({ data }) => {
  if (data === `welcome, ${name}`) socket.send(`${name} was welcomed`);
};
