// mentoss: a fetch() that plays the browser over mock servers. Each of these passes what it gets on to the real server.
import { FetchMocker, MockServer } from "mentoss";
import pinned from "./package.json" with { type: "json" };
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

const methods = ["get", "head", "post", "put", "patch", "delete", "options"];

// page makes the fetch() of a page. It gets to know servers as requests and redirects name them.
function page(baseUrl) {
  const servers = [];
  const know = (url) => {
    const { origin } = new URL(url);
    if (servers.some((s) => s.baseUrl.startsWith(origin))) return;
    const server = new MockServer(origin);
    for (const method of methods) server[method]("/*", pass);
    servers.push(server);
  };
  const pass = async (request) => {
    const { method, headers, url } = request;
    const sent = ["GET", "HEAD"].includes(method) ? undefined : await request.arrayBuffer();
    const r = await fetch(url, { method, headers, body: sent?.byteLength ? sent : undefined, redirect: "manual" });
    if (r.headers.has("location")) know(new URL(r.headers.get("location"), url));
    const body = await r.arrayBuffer();
    return { status: r.status, statusText: r.statusText, headers: Object.fromEntries(r.headers), body: body.byteLength ? body : undefined };
  };
  know(baseUrl);
  const mocker = new FetchMocker({ servers, baseUrl });
  return (url, init) => (know(url), mocker.fetch(url, init));
}

drive({ name: "mentoss", version: pinned.dependencies.mentoss, supports: ["fetch", "no-cors", "abort", "tls"] }, () => {
  const pages = new Map();
  return {
    fetch(q) {
      if (!pages.has(q.pageURL)) pages.set(q.pageURL, page(q.pageURL));
      return inPage(q, globalThis, pages.get(q.pageURL));
    },
  };
});
