// What do the tests of signing in ask the server for, and what do they write down inside the page?

const Native = globalThis.WebSocket;

/** A token of the server's that is good for so many seconds. */
globalThis.issued = async (seconds = 60) => {
  const { token: value, expiresAt } = await (await fetch(`/token?ttl=${seconds}`)).json();
  return { value, expiresAt };
};

/** A token provider that gives one answer after the other, the last one from then on; `asked` is what it was asked with. */
globalThis.provider = (...answers) => {
  const asked = [];
  const token = (context) => {
    const { attempt, lastClose, reason, signal } = context;
    asked.push({ attempt, lastClose, reason, aborted: signal.aborted });
    return answers[Math.min(asked.length, answers.length) - 1](context);
  };
  return { token, asked };
};

/** A class for the `WebSocket` option: the browser's own; `made` is what its sockets were made with. */
globalThis.offering = () => {
  const made = [];
  class Offering extends Native {
    constructor(url, protocols) {
      made.push({ url, protocols: [...protocols] });
      super(url, protocols);
    }
  }
  return { made, WebSocket: Offering };
};

/** What comes back when this is sent. */
globalThis.echoOf = async (client, text) => {
  const back = next(client, "message");
  client.send(text);
  return (await back).data;
};

/** The codes of the errors in a diary, in order. */
globalThis.errorsIn = (entries) => entries.filter(([type]) => type === "error").map(([, code]) => code);

/** How often something of this type is in a diary. */
globalThis.count = (entries, type) => entries.filter(([found]) => found === type).length;

/** The error that `attempt` throws, as code and sentence. */
globalThis.misuseOf = (attempt) => {
  try {
    attempt().close();
  } catch (error) {
    return error instanceof everwire.EverwireError ? `${error.code}: ${error.message}` : `not ours: ${error}`;
  }
  return "none";
};
