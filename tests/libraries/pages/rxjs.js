// What does a page write that gives RxJS's webSocket our class?

import { WebSocket } from "everwire";
import { retry } from "rxjs";
import { webSocket } from "rxjs/webSocket";

globalThis.seen = [];
/** How many sockets were lost. */
globalThis.lost = 0;

globalThis.ways = {
  // RxJS ends the stream with the socket; `retry` subscribes again, which opens the next
  plain(url) {
    const subject = webSocket({ url, WebSocketCtor: WebSocket, closeObserver: { next: lose } });
    listen(subject, subject.pipe(retry({ delay: 20 })));
  },

  // Everwire comes back, and the stream goes on: RxJS hears of the last close only, and sends at any time
  layers(url) {
    const Resilient = WebSocket.with({
      reconnect: { minDelay: 10, maxDelay: 100 },
      heartbeat: { ping: '"ping"', isPong: (data) => data === '"ping"' }, // an echo says what was said
    });
    class Lasting extends Resilient {
      constructor(...given) {
        super(...given);
        this.addEventListener("close", lose);
        for (const type of ["close", "error"]) {
          // first to listen, so RxJS hears of neither until it is for good
          this.addEventListener(type, (event) => super.readyState === WebSocket.CLOSED || event.stopImmediatePropagation());
        }
      }
      get readyState() {
        return super.readyState || WebSocket.OPEN; // send() queues while it connects
      }
    }
    const subject = webSocket({ url, WebSocketCtor: Lasting });
    listen(subject, subject);
  },

  // what not to write: shown, so that docs/LIBRARIES.md, which says so, is known to be right
  fighting(url) {
    const subject = webSocket({ url, WebSocketCtor: WebSocket.with({ reconnect: { shouldRetry: () => 100 } }) });
    listen(subject, subject.pipe(retry({ delay: 20 }))); // first: RxJS closes ours if it is back before the next is made
  },
};

function listen(subject, lines) {
  globalThis.say = (line) => subject.next(line);
  lines.subscribe({
    next: (line) => globalThis.seen.push(line),
    error: (error) => globalThis.seen.push(`error: ${error}`),
    complete: () => globalThis.seen.push("complete"),
  });
}

function lose() {
  globalThis.lost += 1;
}
