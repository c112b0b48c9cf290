// undici's fetch, which knows the page by its global origin alone: no cookies, no cache of preflights.
import { fetch, setGlobalOrigin } from "undici";
import pinned from "./package.json" with { type: "json" };
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

drive({ name: "undici", version: pinned.dependencies.undici, supports: ["fetch", "no-cors", "stream", "abort", "referrer", "tls"] },
  () => ({
    fetch: (q) => inPage(q, globalThis, (url, init) => {
      setGlobalOrigin(new URL(q.pageURL)); // read while the request is made, which is before anybody else's turn
      return fetch(url, init);
    }),
  }));
