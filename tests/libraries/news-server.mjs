// What does a subscription of GraphQL see of its page, by graphql-ws's own server?

import { once } from "node:events";
import { after } from "node:test";
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

/** `tell(line)` is news to whoever reads now, `readers` how many these are, `subscribed` how many there ever were. */
export async function startNewsServer() {
  const readers = Object.assign(new Set(), { ever: 0 });
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "graphql-transport-ws" });
  await once(server, "listening");
  const graphql = useServer({ schema: schemaOf(readers) }, server);
  servers.push(graphql);
  return {
    port: server.address().port,
    get readers() { return readers.size; },
    get subscribed() { return readers.ever; },
    tell(line) {
      for (const reader of readers) reader.hear(line);
    },
  };
}

function schemaOf(readers) {
  const news = { type: GraphQLString, subscribe: () => read(readers), resolve: (line) => line };
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: "Query", fields: { name: { type: GraphQLString } } }),
    subscription: new GraphQLObjectType({ name: "Subscription", fields: { news } }),
  });
}

/** Not a generator: its `return()` would wait for the next line, and a reader that is cut off must be gone at once. */
function read(readers) {
  const lines = [];
  let wake = null;
  const reader = {
    hear(line) {
      if (wake) wake({ value: line, done: false });
      else lines.push(line);
      wake = null;
    },
    next: async () => (lines.length > 0 ? { value: lines.shift(), done: false } : new Promise((resolve) => (wake = resolve))),
    async return() {
      readers.delete(reader);
      wake?.({ value: undefined, done: true });
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => reader,
  };
  readers.add(reader);
  readers.ever += 1;
  return reader;
}

const servers = [];
after(() => Promise.all(servers.map((server) => server.dispose())));
