// How does a picture travel to the server and back?

import { WebSocket } from "./pkg/everwire.js";
import { ClosedNotice } from "./closed.js";
import { ConnectionPanel } from "./connection.js";
import { endpoint } from "./endpoint.js";
import { drawPicture } from "./picture.js";
import { describeBytes } from "./size.js";

/** Connects the echo, and again whenever the button of its closed notice is pressed. */
export function startEcho(card) {
  const form = document.forms.echo;
  const result = new Result(card);
  const panel = new ConnectionPanel(card.querySelector(".panel"));
  const notice = new ClosedNotice(card.querySelector(".closed"), () => {
    connect();
    form.querySelector("button").focus(); // the notice's own button is gone now
  });
  let socket;
  /** What was sent and has not come back, oldest first: an echo keeps the order. */
  let underway = [];

  function connect() {
    notice.hide();
    underway = [];
    socket = new WebSocket(endpoint("/ws/echo"));
    socket.binaryType = form.binaryType.value;
    socket.onmessage = (event) => result.show(event.data, underway.shift());
    socket.onclose = (event) => notice.show(event);
    panel.show(socket);
  }

  // from the next message on
  for (const radio of form.binaryType) {
    radio.addEventListener("change", () => {
      socket.binaryType = form.binaryType.value;
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const picture = form.file.files[0] ?? (await drawPicture());
      // the bytes are read before the sending: nothing may come between `underway` and `send`
      const bytes = await picture.arrayBuffer();
      if (socket.readyState !== WebSocket.OPEN) {
        result.tell("Not connected: the picture was not sent.");
        return;
      }
      underway.push(bytes);
      result.tell(`Sending ${describeBytes(picture.size)}…`);
      socket.send(socket.binaryType === "blob" ? picture : bytes);
    } catch (error) {
      result.tell(`The picture could not be read: ${error}`);
    }
  });

  connect();
}

/** Where the card shows what came back. */
class Result {
  #sentence;
  #picture;
  #bytes;
  /** Settles when what came before has been shown: reading a Blob and decoding a picture take their time. */
  #shown = Promise.resolve();

  constructor(card) {
    this.#sentence = card.querySelector("#echo-result");
    this.#picture = card.querySelector("#echo-picture");
    this.#bytes = card.querySelector("#echo-bytes");
  }

  tell(sentence) {
    this.#sentence.textContent = sentence;
  }

  /** Shows `data`, which answers the bytes `sent`, after what came before. */
  show(data, sent) {
    this.#shown = this.#shown.then(() => (data instanceof Blob ? this.#showBlob(data, sent) : this.#showBuffer(data, sent)));
  }

  async #showBlob(blob, sent) {
    this.#bytes.hidden = true;
    URL.revokeObjectURL(this.#picture.src); // else the page keeps every picture it ever showed
    this.#picture.src = URL.createObjectURL(blob);
    const isPicture = await this.#picture.decode().then(
      () => true,
      () => false, // the bytes are no picture that this browser knows
    );
    this.#picture.hidden = !isPicture;
    const verdict = describeSameness(await blob.arrayBuffer(), sent);
    this.tell(`${verdict} as a Blob.${isPicture ? "" : " The browser cannot show it as a picture."}`);
  }

  #showBuffer(buffer, sent) {
    this.#picture.hidden = true;
    this.#bytes.textContent = hexDump(new Uint8Array(buffer, 0, Math.min(buffer.byteLength, FIRST_BYTES)));
    this.#bytes.hidden = false;
    this.tell(`${describeSameness(buffer, sent)} as an ArrayBuffer.`);
  }
}

function describeSameness(came, sent) {
  const [left, right] = [new Uint8Array(came), new Uint8Array(sent)];
  const isSame = left.length === right.length && left.every((byte, index) => byte === right[index]);
  return isSame
    ? `All ${describeBytes(left.length)} came back unchanged,`
    : `${describeBytes(left.length)} came back, not what was sent,`;
}

/** Lines of 8 bytes: `00000008  00 00 00 0d 49 48 44 52`. */
function hexDump(bytes) {
  const hex = (value, digits) => value.toString(16).padStart(digits, "0");
  const lines = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const row = Array.from(bytes.subarray(at, at + 8), (byte) => hex(byte, 2));
    lines.push(`${hex(at, 8)}  ${row.join(" ")}`);
  }
  return lines.join("\n");
}

/** 64: enough to recognise any picture's format. */
const FIRST_BYTES = 64;
