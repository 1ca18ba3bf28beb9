// What does a page write whose connection lives in a worker of this kind?

const { kind, type, server, name } = Object.fromEntries(new URLSearchParams(location.search));
const script = type === "module" ? "worker.js" : "worker-classic.js";
const address = `${script}?${new URLSearchParams({ server, name })}`;

if (kind === "dedicated") new Worker(address, { type });
if (kind === "shared") new SharedWorker(address, { type });
if (kind === "service") navigator.serviceWorker.register(address, { type });
