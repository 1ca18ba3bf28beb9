// How is an amount written?

/** `1,536` bytes as `1.5 KiB`. */
export function describeBytes(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** `3 messages, 24 bytes`. */
export function describeMessages({ messages, bytes }) {
  if (messages === 0 && bytes === 0) return "none";
  return `${messages} ${messages === 1 ? "message" : "messages"}, ${describeBytes(bytes)}`;
}
