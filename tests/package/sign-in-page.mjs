// How does a test sign in, from inside a page that uses the package?

import { consumerPage } from "./consumer-page.mjs";

/** A consumer's page that has `sign-in.js` too; call it inside `describe`. */
export function signInPage() {
  const page = consumerPage();
  const { open } = page;
  page.open = async () => {
    await open();
    await page.run(async () => {
      const script = Object.assign(document.createElement("script"), { type: "module", src: "/sign-in.js" });
      const loaded = new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
      document.head.append(script);
      await loaded;
      return null;
    });
  };
  return page;
}
