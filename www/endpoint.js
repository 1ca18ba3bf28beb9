// Where does the server listen, as this page sees it?

/**
 * The address of `path` on this page's own host: `wss:` where the page came over `https:`, else `ws:`.
 *
 * A page opened as `/?watch=ID` hands the id on, so that `/ws/watch?id=ID` tells what its sockets did.
 */
export function endpoint(path, parameters = {}) {
  const url = new URL(path, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const watch = new URLSearchParams(location.search).get("watch");
  if (watch !== null) url.searchParams.set("watch", watch);
  return url.href;
}
