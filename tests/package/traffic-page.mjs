// How does a test watch a client's traffic, from inside the page and for as long as it takes?

import { until } from "../webdriver/until.mjs";
import { consumerPage } from "./consumer-page.mjs";

/** A consumer's page that has `traffic.js` too; call it inside `describe`. */
export function trafficPage(options) {
  const page = consumerPage(options);
  const { open } = page;
  page.open = async () => {
    await open();
    await page.run(async () => {
      const script = Object.assign(document.createElement("script"), { type: "module", src: "/traffic.js" });
      const loaded = new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
      document.head.append(script);
      await loaded;
      return null;
    });
  };

  /** Calls `body` in the page as `run` does, but waits as long as `limit` milliseconds: more than drivers let a script run. */
  page.work = async (body, values, { limit }) => {
    await page.run(
      `(...values) => {
        globalThis.work = null;
        Promise.resolve().then(() => (${body})(...values)).then(
          (value) => (globalThis.work = { value }),
          (error) => (globalThis.work = { error: String(error?.stack ?? error) }),
        );
        return null;
      }`,
      ...values,
    );
    const { value, error } = await until("the page has done its work", () => page.run(() => globalThis.work), { limit });
    if (error !== undefined) throw new Error(`in the page: ${error}`);
    return value;
  };
  return page;
}

export const KIB = 1024;
export const MIB = 1024 * KIB;
