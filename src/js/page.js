// What happens to the page: is it seen, does it run, is there a network?
//
// A worker has none of these events but online and offline; there, nothing else is ever told.

/** Calls `report` with what it is, until the function that it gives back is called. */
export function watchPage(report) {
  const watched = [];
  const watch = (target, type, translate) => {
    // an environment without events (Node.js) has no page either
    if (typeof target?.addEventListener !== "function") return;
    const listener = (event) => {
      const fact = translate(event);
      if (fact) report(fact);
    };
    target.addEventListener(type, listener);
    watched.push(() => target.removeEventListener(type, listener));
  };
  watch(globalThis, "online", () => "Online");
  watch(globalThis, "offline", () => "Offline");
  watch(globalThis, "pageshow", ({ persisted }) => persisted && "Restored");
  watch(globalThis.document, "visibilitychange", () => (isHidden() ? "Hidden" : "Visible"));
  watch(globalThis.document, "resume", () => "Resumed"); // Page Lifecycle, Chromium only
  return () => watched.forEach((forget) => forget());
}

/** What is already true when somebody begins to watch. */
export function soFar() {
  return [globalThis.navigator?.onLine === false && "Offline", isHidden() && "Hidden"].filter(Boolean);
}

function isHidden() { return Boolean(globalThis.document?.hidden); }
