// What do the tests of limits and queues write down inside the page?

const Native = globalThis.WebSocket;

/**
 * A class of sockets for the `WebSocket` option: the browser's own, each of whose `send()` is written down in `handed`:
 * when, of how many bytes, and how many waited in the browser before.
 */
globalThis.recording = () => {
  const record = { handed: [], sockets: [] };
  record.WebSocket = class extends Native {
    constructor(...parameters) {
      super(...parameters);
      record.sockets.push(this);
    }

    send(data) {
      const [at, before] = [performance.now(), this.bufferedAmount];
      super.send(data);
      record.handed.push({ at, before, size: this.bufferedAmount - before });
    }
  };
  return record;
};

/** A message of so many bytes that tells its number, by which the server checks the order. */
globalThis.numbered = (number, bytes) => {
  const message = new Uint8Array(bytes);
  new DataView(message.buffer).setUint32(0, number, true);
  return message;
};

/** How a promise of `send()` ends: "sent", or the code of its error. */
globalThis.outcomeOf = (promise) =>
  promise.then(
    () => "sent",
    (error) => (error instanceof everwire.EverwireError ? error.code : `not ours: ${error}`),
  );

/** A client whose events of this type are written down, as `view` sees them. */
globalThis.listed = (client, type, view) => {
  const list = [];
  client.addEventListener(type, (event) => list.push(view(event)));
  return list;
};

/** What the slow reader says it has read; it answers behind all that it was sent before. */
globalThis.countOf = async (client) => {
  const answer = next(client, "message");
  client.send("count?");
  return JSON.parse((await answer).data);
};
