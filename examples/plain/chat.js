// How does a page chat without a framework and without a build step?

import { Client } from "everwire";

const server = new URLSearchParams(location.search).get("server") ?? "ws://127.0.0.1:8080/ws/chat";
const [chat, leave] = [document.querySelector("#chat"), document.querySelector("#leave")];
const [status, list, form] = chat.children;
let client;

join();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  client.send(form.line.value); // while there is no connection it waits
  form.reset();
});
leave.addEventListener("click", () => {
  if (chat.hidden) return join();
  client.close();
  chat.hidden = true;
  leave.textContent = "Join";
});

function join() {
  const joined = (client = new Client(server));
  const show = () => joined === client && (status.textContent = joined.state); // another may have taken its place
  joined.addEventListener("state", show);
  joined.addEventListener("message", ({ data }) => {
    const line = document.createElement("li");
    line.textContent = data;
    list.append(line);
  });
  show();
  list.replaceChildren();
  chat.hidden = false;
  leave.textContent = "Leave";
}
