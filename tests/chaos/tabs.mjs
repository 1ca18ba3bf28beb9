// How are many clients spread over tabs, and asked as one?
//
// A process of Chromium's that opens many WebSockets at once, or had some fail, waits before each further one, up to four
// seconds. After a kill that would be most of a run. So a tab, which is a process of its own, has few.

import { until } from "../webdriver/until.mjs";

export class Tabs {
  #browser;
  #handles = [];
  /** How many clients each has. */
  #shares = [];

  constructor(browser) {
    this.#browser = browser;
  }

  /** As many as these clients need, with the page in each. */
  async open(url, clients) {
    const { driver } = this.#browser;
    this.#shares = [];
    for (let left = clients; left > 0; left -= MOST) {
      const number = this.#shares.push(Math.min(left, MOST)) - 1;
      if (!this.#handles[number]) {
        await driver.switchTo().newWindow("tab");
        this.#handles.push(await driver.getWindowHandle());
      }
      await driver.switchTo().window(this.#handles[number]);
      await driver.get(url);
      await until("the page is there", () => this.#browser.run(() => "chaos" in globalThis));
    }
  }

  /** `urls`: for each client a list. From then on the first tab speaks for all. */
  async begin(arm, messages, urls) {
    let first = 0;
    await this.#each((share) => {
      const from = first;
      first += share;
      return this.#browser.run((...all) => chaos.begin(...all), [arm, messages, urls.slice(from, first), from]);
    });
    await this.#browser.driver.switchTo().window(this.#handles[0]);
  }

  allow(upTo) {
    return this.#browser.run((upTo) => chaos.allow(upTo), [upTo]);
  }

  finish() {
    return this.#browser.run(() => chaos.finish());
  }

  standing() {
    return this.#browser.run(() => chaos.standing());
  }

  async stuck() {
    return (await this.#each(() => this.#browser.run(() => chaos.stuck()))).flat();
  }

  async #each(ask) {
    const answers = [];
    for (const [number, share] of this.#shares.entries()) {
      await this.#browser.driver.switchTo().window(this.#handles[number]);
      answers.push(await ask(share));
    }
    return answers;
  }
}

/** 10: whatever happens to them, Chromium's wait stays below a tenth of a second. */
const MOST = 10;
