// Which classes are asked, in a page and in a worker?

import init, { WebSocket } from "../pkg/everwire.js";
import { askAll } from "./ask.js";

const browsers = globalThis.WebSocket;

/** Answers by sentence, then by class; `isDone` when there are no more. */
export function ask(group, unasked) {
  const sheet = { answers: {}, isDone: false };
  fill(sheet, group, unasked).catch((error) => (sheet.trouble = `${error}`));
  return sheet;
}

async function fill(sheet, group, unasked) {
  await init();
  const { checks } = await import(`./${group}.js`);
  const asked = Object.entries(checks).filter(([sentence]) => !unasked.includes(sentence));
  await askAll(asked, { native: browsers, ours: WebSocket, layered: WebSocket.with({}) }, (sentence, name, answer) => {
    sheet.answers[sentence] ??= {};
    sheet.answers[sentence][name] = answer;
  });
  sheet.isDone = true;
}

// in a worker: the group by its name
if (typeof document === "undefined") {
  globalThis.onmessage = ({ data }) => {
    const sheet = ask(...data);
    const look = () => (sheet.isDone || sheet.trouble ? postMessage(sheet) : setTimeout(look, 20));
    look();
  };
}
