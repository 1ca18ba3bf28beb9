// What does a program without a page write, on a runtime that has a WebSocket of its own?

import process from "node:process";
import { WebSocket } from "everwire";

const [server, name] = process.argv.slice(2);
const socket = new WebSocket(server);

socket.onopen = () => socket.send(`${name} is here`);
socket.onmessage = ({ data }) => {
  if (data === `welcome, ${name}`) socket.send(`${name} was welcomed`);
  if (data === `${name} was welcomed`) socket.close(1000, "until next time");
};
socket.onclose = ({ code, reason }) => console.log(code, reason);
