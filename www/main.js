// How does the page start?

import init from "./pkg/everwire.js";
import { startBreaking } from "./breaking.js";
import { startChat } from "./chat.js";
import { startClosing } from "./closing.js";
import { startEcho } from "./echo.js";
import { startHello } from "./hello.js";
import { startPressure } from "./pressure.js";

const loading = document.getElementById("loading");

try {
  await init();
  startHello(document.getElementById("hello"));
  startChat(document.getElementById("chat"));
  startBreaking(document.getElementById("breaking"));
  startEcho(document.getElementById("echo"));
  startClosing(document.getElementById("closing"));
  startPressure(document.getElementById("pressure"));
  loading.remove();
} catch (error) {
  loading.className = "trouble";
  loading.textContent = `The WebAssembly client did not start: ${error}`;
  throw error;
}
