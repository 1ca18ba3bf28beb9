// How does a test read and work the demo page?

import { By } from "selenium-webdriver";
import { until } from "./until.mjs";

/** The demo in the browser's current tab; `watch` makes the server tell what its sockets do. */
export async function openDemo(driver, server, { watch } = {}) {
  await driver.get(`${server.url}/${watch ? `?watch=${watch}` : ""}`);
  const page = new DemoPage(driver);
  await until("the page has started", () => driver.executeScript("return !document.getElementById('loading')"), {
    describe: () => page.text("#loading"),
  });
  return page;
}

class DemoPage {
  #driver;

  constructor(driver) {
    this.#driver = driver;
  }

  /** What `selector` reads; "" when there is none. */
  async text(selector) {
    return this.#driver.executeScript((chosen) => document.querySelector(chosen)?.textContent ?? "", selector);
  }

  /** What each element of `selector` reads. */
  async texts(selector) {
    const read = (chosen) => Array.from(document.querySelectorAll(chosen), ({ textContent }) => textContent);
    return this.#driver.executeScript(read, selector);
  }

  /** Waits until `selector` reads as `wanted`: a string it contains, or a pattern; `limit` as for `until`. */
  async shows(selector, wanted, { limit } = {}) {
    const matches = (text) => (typeof wanted === "string" ? text.includes(wanted) : wanted.test(text));
    let last = "";
    await until(
      `${selector} shows ${wanted}`,
      async () => {
        last = await this.text(selector);
        return matches(last);
      },
      { limit, describe: async () => `It shows "${last}"` },
    );
    return last;
  }

  /** The connection panel of a card: each field by name. */
  async connection(card) {
    const read = (chosen) =>
      Object.fromEntries(
        Array.from(document.querySelectorAll(`${chosen} [data-field]`), (field) => [
          field.dataset.field,
          field.textContent,
        ]),
      );
    return this.#driver.executeScript(read, card);
  }

  /** Waits until the card's connection is open. */
  async opens(card) {
    await this.shows(`${card} [data-field=readyState]`, "1 OPEN");
  }

  /** Writes `text` into a field, also what a driver cannot type (chromedriver: nothing beyond the BMP). */
  async fill(selector, text) {
    const write = (chosen, value) => {
      const field = document.querySelector(chosen);
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    await this.#driver.executeScript(write, selector, text);
  }

  /** Clicks as a person does: a click that met nothing, since the page moved under the pointer, is made again. */
  async click(selector) {
    const element = await this.#driver.findElement(By.css(selector));
    const watch = (target) => {
      target.scrollIntoView({ block: "center" });
      target.wasClicked = false;
      target.addEventListener("click", () => (target.wasClicked = true), { once: true, capture: true });
    };
    await this.#driver.executeScript(watch, element);
    await until(`${selector} takes a click`, async () => {
      await element.click();
      return this.#driver.executeScript((target) => target.wasClicked, element);
    });
  }

  /** Sends `text` to the chat. */
  async say(text) {
    await this.fill("#chat [name=message]", text);
    await this.click("#chat form button");
  }
}

/** What the article's first example logs, word for word. */
export const HELLO_LOG = [
  "[open] Connection established",
  "Sending to server",
  "[message] Data received from server: Hello from server, John!",
  "[close] Connection closed cleanly, code=1000 reason=Bye!",
];
