// undici's fetch, which knows the page by its global origin alone: no cookies, no cache of preflights.
import { fetch, setGlobalOrigin } from "undici";
import pinned from "./package.json" with { type: "json" };
import { drive, fetchInPage } from "./protocol.mjs";

drive({ name: "undici", version: pinned.dependencies.undici, supports: ["fetch", "no-cors", "stream", "abort", "referrer"] }, () => ({
  fetch(q) {
    if (q.via !== "fetch") return { unsupported: true };
    return fetchInPage(q, globalThis, (url, init) => {
      setGlobalOrigin(new URL(q.pageURL)); // read while the request is made, which is before anybody else's turn
      return fetch(url, init);
    });
  },
}));
