// Mock Service Worker over Node's fetch. Its handler lets every request through to the server.
import { http, passthrough } from "msw";
import { setupServer } from "msw/node";
import pinned from "./package.json" with { type: "json" };
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

setupServer(http.all("*", () => passthrough())).listen();
drive({ name: "msw", version: pinned.dependencies.msw, supports: ["fetch", "no-cors", "stream", "abort", "referrer", "tls"] },
  () => ({ fetch: (q) => inPage(q) }));
