// Node's own fetch: it has no page, hence no origin, no cookies, no cache of preflights.
import { drive, fetchInPage } from "./protocol.mjs";

drive({ name: "Node", version: process.version.slice(1), supports: ["fetch", "no-cors", "stream", "abort", "referrer"] }, () => ({
  fetch: (q) => (q.via === "fetch" ? fetchInPage(q) : { unsupported: true }),
}));
