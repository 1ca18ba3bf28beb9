// How does a test know that a program chats with the companion server?
//
// Each program in consumers/ says "NAME is here" to the room, and once it hears "welcome, NAME", "NAME was welcomed". The test
// is the other one in the room: what it hears last went both ways, through the program and the package under test.

import assert from "node:assert/strict";
import { after } from "node:test";
import { WebSocket } from "ws";
import { startServer } from "./server.mjs";
import { until } from "./until.mjs";

/** A room of its own, with the test in it; pages of every origin may come. */
export async function openRoom() {
  const server = await startServer({ options: ["--origin", "*"] });
  const room = new Room(server.ws("/ws/chat"));
  await room.joined();
  return room;
}

class Room {
  #socket;
  #heard = [];
  /** What a program connects to. */
  address;

  constructor(address) {
    this.address = address;
    this.#socket = new WebSocket(address);
    sockets.push(this.#socket);
    this.#socket.on("message", (data) => {
      this.#heard.push(String(data));
      const [, name] = /^(.+) is here$/.exec(data) ?? [];
      if (name) this.#socket.send(`welcome, ${name}`);
    });
  }

  joined() {
    return until("the test is in the room", () => this.#socket.readyState === WebSocket.OPEN);
  }

  /** Waits until the program of this name has chatted; `describe` says what else is known of it. */
  async hears(name, describe = async () => "") {
    await until(`${name} has chatted`, () => this.#heard.includes(`${name} was welcomed`), {
      describe: async () => `Of it was heard ${JSON.stringify(this.#of(name))}. ${await describe()}`,
    });
  }

  /** Opens a page whose program has this name, or whose programs have these, and wants no word in the console. */
  async hearsPage(browser, page, name, names = [name]) {
    const asked = new URL(page);
    asked.searchParams.set("server", this.address);
    asked.searchParams.set("name", name);
    await browser.driver.get(asked.href);
    const describe = async () => `In the console was ${JSON.stringify(await browser.console())}`;
    for (const each of names) await this.hears(each, describe);
    assert.deepEqual((await browser.console()) ?? [], [], "the console is empty"); // WebKit's driver does not tell
  }

  #of(name) {
    return this.#heard.filter((line) => line.includes(name));
  }
}

/** What would keep the test file from ending. */
const sockets = [];
after(() => sockets.forEach((socket) => socket.terminate()));
