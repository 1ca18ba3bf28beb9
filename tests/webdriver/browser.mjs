// How is a browser opened, and what can be asked of each engine?

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after } from "node:test";
import { Builder } from "selenium-webdriver";
import { Command, Name } from "selenium-webdriver/lib/command.js";
import { browser as name, root, webdriver } from "./environment.mjs";

if (!["chromium", "firefox", "webkit"].includes(name) || !webdriver) {
  console.error("These tests need a browser and its driver: run `cargo xtask test`.");
  process.exit(1);
}

/**
 * Opens the engine under test, by the driver that already runs; it closes with the test file.
 *
 * The same driver serves one session at a time in Firefox and WebKit, so test files run one after another.
 * `throttled`: hidden pages are slowed down as a user's are, which chromedriver switches off. `preferences`: Firefox's own.
 */
export async function openBrowser({ throttled = false, preferences } = {}) {
  const engine = ENGINES[name];
  const driver = await new Builder()
    .disableEnvironmentOverrides() // SELENIUM_… variables of the machine decide nothing here
    .usingServer(webdriver)
    // the certificate of `--tls` is self-signed
    .withCapabilities({ acceptInsecureCerts: true, ...(await engine.capabilities({ throttled, preferences })) })
    .build();
  sessions.push(driver);
  await driver.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
  return { driver, name, ...(await engine.control(driver)) };
}

/** A session that stays open would block the next test file; one whose browser has crashed cannot be closed, and has failed its tests. */
const sessions = [];
after(() => Promise.allSettled(sessions.map((driver) => driver.quit())));

/**
 * Per engine: how a session is asked for, and what the session can do beyond WebDriver Classic.
 *
 * - `console()`: every warning and error since the last call; null where no driver tells.
 * - `printed()`: everything on the console since its last call, as `{ by, text }`: by "page" what it was told to print, by
 *   "browser" what the engine adds by itself; null where no driver tells. It and `console()` share one log.
 * - `narrow()`: makes the page 360 CSS pixels wide, or as narrow as the window gets, and says how wide it is.
 * - `dark()`: shows the page's dark colours.
 * - `run(body, values)`: calls a function in the page's own realm and gives back what it answers, as JSON can carry it.
 */
const ENGINES = {
  chromium: {
    async capabilities({ throttled }) {
      // the same file that wasm-pack's own test runner reads
      const shared = JSON.parse(await readFile(join(root, "webdriver.json"), "utf8"));
      if (throttled) shared["goog:chromeOptions"].excludeSwitches = UNTHROTTLED;
      return { browserName: "chrome", "goog:loggingPrefs": { browser: "ALL" }, ...shared };
    },
    async control(driver) {
      const entries = async () => driver.manage().logs().get("browser");
      return {
        async console() {
          return (await entries()).filter(({ level }) => level.value >= 900).map(({ message }) => message);
        },
        async printed() {
          // selenium's own entries have lost their source
          const command = new Command(Name.GET_LOG).setParameter("type", "browser");
          const raw = await driver.execute(command);
          return raw.map(({ source, message }) => ({ by: source === "console-api" ? "page" : "browser", text: message }));
        },
        async narrow() {
          const size = { width: 360, height: 740, deviceScaleFactor: 1, mobile: false };
          await driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", size);
          return innerWidth(driver);
        },
        async dark() {
          const features = [{ name: "prefers-color-scheme", value: "dark" }];
          await driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { features });
        },
        run: (body, values = []) => runByScript(driver, body, values),
      };
    },
  },

  firefox: {
    async capabilities({ preferences }) {
      const options = { args: ["-headless"], prefs: preferences };
      return { browserName: "firefox", webSocketUrl: true, "moz:firefoxOptions": options };
    },
    async control(driver) {
      const bidi = await driver.getBidi();
      let entries = [];
      let printed = [];
      await bidi.subscribe("log.entryAdded");
      bidi.socket.on("message", (data) => {
        const { method, params } = JSON.parse(data);
        if (method !== "log.entryAdded") return;
        printed.push({ by: params.type === "console" ? "page" : "browser", text: params.text });
        if (["warn", "error"].includes(params.level)) entries.push(params.text);
      });
      return {
        async console() {
          const said = entries;
          entries = [];
          return said;
        },
        async printed() {
          const said = printed;
          printed = [];
          return said;
        },
        async narrow() {
          const context = await driver.getWindowHandle();
          const viewport = { width: 360, height: 740 }; // a window itself gets no narrower than 450
          await bidi.send({ method: "browsingContext.setViewport", params: { context, viewport } });
          return innerWidth(driver);
        },
        dark: () => switchDarkRulesOn(driver),
        async run(body, values = []) {
          // geckodriver's own scripts run in a sandbox, whose ArrayBuffer is not the page's
          const answer = await bidi.send({
            method: "script.callFunction",
            params: {
              functionDeclaration: `async (values) => JSON.stringify(await (${body})(...JSON.parse(values)))`,
              arguments: [{ type: "string", value: JSON.stringify(values) }],
              target: { context: await driver.getWindowHandle() },
              awaitPromise: true,
            },
          });
          const { type, result, exceptionDetails } = answer.result ?? {};
          if (type !== "success") throw new Error(`in the page: ${exceptionDetails?.text ?? JSON.stringify(answer)}`);
          return result.type === "undefined" ? undefined : JSON.parse(result.value);
        },
      };
    },
  },

  webkit: {
    async capabilities() {
      return { browserName: "MiniBrowser" };
    },
    async control(driver) {
      return {
        async console() {
          return null; // WebKitWebDriver has neither logs nor BiDi
        },
        async printed() {
          return null;
        },
        async narrow() {
          // MiniBrowser's toolbar keeps its window at some 450
          await driver.manage().window().setRect({ x: 0, y: 0, width: 360, height: 740 });
          return innerWidth(driver);
        },
        dark: () => switchDarkRulesOn(driver),
        run: (body, values = []) => runByScript(driver, body, values),
      };
    },
  },
};

/** What chromedriver adds by itself, so that tests in hidden pages are quick. */
const UNTHROTTLED = [
  "disable-background-timer-throttling",
  "disable-backgrounding-occluded-windows",
  "disable-renderer-backgrounding",
];

async function runByScript(driver, body, values) {
  const answer = await driver.executeAsyncScript(
    `const [values, done] = arguments;
     Promise.resolve().then(() => (${body})(...values)).then(
       (value) => done({ value }),
       (error) => done({ error: String(error) }),
     );`,
    values,
  );
  if (answer.error !== undefined) throw new Error(`in the page: ${answer.error}`);
  return answer.value;
}

function innerWidth(driver) {
  return driver.executeScript("return innerWidth");
}

/** Neither geckodriver nor WebKitWebDriver emulates `prefers-color-scheme`: the page's own dark rules are made to apply. */
async function switchDarkRulesOn(driver) {
  const switched = await driver.executeScript(() => {
    let rules = 0;
    for (const sheet of document.styleSheets) {
      for (const rule of sheet.cssRules) {
        if (!(rule instanceof CSSMediaRule) || !rule.media.mediaText.includes("prefers-color-scheme: dark")) continue;
        rule.media.mediaText = "all";
        rules += 1;
      }
    }
    document.documentElement.style.colorScheme = "dark";
    return rules;
  });
  if (switched === 0) throw new Error("the page has no rules for prefers-color-scheme: dark");
}
