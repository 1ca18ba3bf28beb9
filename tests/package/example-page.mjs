// How does a test use an example's page as a person does, and know what its server sees?

import { after } from "node:test";
import { WebSocket } from "ws";
import { startServer } from "../webdriver/server.mjs";
import { until } from "../webdriver/until.mjs";
import { freshId, watch } from "../webdriver/watch.mjs";

/** A chat server for pages of every origin, watched; it can be ended and come back where it was. */
export async function openChat() {
  const chat = new Chat();
  await chat.start();
  return chat;
}

/** The page of an example at `address`, which chats with `chat`. */
export async function openExample(browser, address, chat) {
  const asked = new URL(address);
  asked.searchParams.set("server", chat.address);
  await browser.driver.get(asked.href);
  return new Example(browser);
}

class Chat {
  #server;
  #id = freshId();
  #watch;
  #other;
  #heard;

  async start() {
    const options = ["--origin", "*"];
    this.#server = await startServer({ options, ...(this.#server && { addr: this.#server.host }) });
    this.#watch = await watch(this.#server, this.#id);
    const heard = (this.#heard = []);
    const other = (this.#other = new WebSocket(this.#server.ws("/ws/chat")));
    others.push(other);
    other.on("message", (line) => heard.push(String(line)));
    other.on("error", () => {}); // the server has been ended
    await until("another is in the room", () => other.readyState === WebSocket.OPEN);
  }

  crash() {
    return this.#server.kill();
  }

  get address() {
    return this.#server.ws(`/ws/chat?watch=${this.#id}`);
  }

  /** As another in the room. */
  say(line) {
    this.#other.send(line);
  }

  async hears(line) {
    await until(`another hears "${line}"`, () => this.#heard.includes(line));
  }

  /** How many sockets of the page live. */
  live() {
    return this.#told("open").length - this.#told("close").length;
  }

  async hasLive(count) {
    await until(`${count} sockets of the page live`, () => this.live() === count, {
      describe: async () => `The server saw ${JSON.stringify(this.#watch.seen)}`,
    });
  }

  /** The codes with which the page's sockets closed. */
  codes() {
    return this.#told("close").map(({ code }) => code);
  }

  #told(wanted) {
    return this.#watch.seen.filter(({ event }) => event === wanted);
  }
}

class Example {
  #browser;

  constructor(browser) {
    this.#browser = browser;
  }

  state() {
    return this.#browser.run(() => document.querySelector("[role=status]")?.textContent ?? null, []);
  }

  async shows(fact, isWanted) {
    await until(`the page shows ${fact}`, async () => isWanted(await this.state()), {
      describe: async () => `It shows ${await this.state()}. In the console was ${JSON.stringify(await this.#browser.console())}`,
    });
  }

  async isOpen() {
    await this.shows("that it is open", (state) => state === "open");
  }

  async say(line) {
    await this.#browser.driver.findElement({ css: "input[name=line]" }).sendKeys(line);
    await this.#browser.driver.findElement({ css: "form button" }).click();
  }

  lines() {
    return this.#browser.run(() => Array.from(document.querySelectorAll("li"), (line) => line.textContent), []);
  }

  async lists(line) {
    await until(`the page lists "${line}"`, async () => (await this.lines()).includes(line));
  }

  /** Takes the chat out of the page, or puts it in again. */
  async leaveOrJoin() {
    await this.#browser.driver.findElement({ css: "#leave" }).click();
  }
}

/** What would keep the test file from ending. */
const others = [];
after(() => others.forEach((other) => other.terminate()));
