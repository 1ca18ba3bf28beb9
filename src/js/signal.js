// When does an AbortSignal take back what was asked for?

import { EverwireError } from "./error.js";

/** Refuses what is no AbortSignal, before anything has begun. It may be another realm's; null is none, as for fetch(). */
export function checkSignal(signal) {
  if (signal === undefined || signal === null) return;
  if (typeof signal.aborted === "boolean" && typeof signal.addEventListener === "function") return;
  throw new EverwireError("misuse/option", "signal must be an AbortSignal");
}

/** Calls `abort` when it is aborted, or if it is already; gives back what lets go of it. It may live longer than we do. */
export function obey(signal, abort) {
  if (signal?.aborted) abort();
  if (!signal || signal.aborted) return () => {};
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}
