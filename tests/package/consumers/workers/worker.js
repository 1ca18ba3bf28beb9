// What does a worker write, dedicated, shared or a service worker? It asks for no page.

import { WebSocket } from "./node_modules/everwire/embedded.js"; // import maps are for pages

const { server, name } = Object.fromEntries(new URLSearchParams(location.search));
const socket = new WebSocket(server);

socket.onopen = () => socket.send(`${name} is here`);
socket.onmessage = ({ data }) => {
  if (data === `welcome, ${name}`) socket.send(`${name} was welcomed`);
};
