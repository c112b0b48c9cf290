// Node's own fetch: it has no page, hence no origin, no cookies, no cache of preflights.
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

drive({ name: "Node", version: process.version.slice(1), supports: ["fetch", "no-cors", "stream", "abort", "referrer", "tls"] },
  () => ({ fetch: (q) => inPage(q) }));
