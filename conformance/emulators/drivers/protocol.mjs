// The program's side of "corspec clients": lines of JSON on standard input and output, and what a page does with one of them.
import { createInterface } from "node:readline";

// drive answers corspec. newSession makes a browser of its own: an object with fetch(question) and, if there is something to
// end, close().
export function drive({ name, version, supports, concurrency = 8 }, newSession) {
  const sessions = new Map();
  const answer = async (q) => {
    switch (q.op) {
      case "hello":
        return { name, version, protocol: 1, supports, concurrency };
      case "fetch":
        if (!sessions.has(q.session)) sessions.set(q.session, newSession());
        return (await sessions.get(q.session)).fetch(q);
      case "close":
        await (await sessions.get(q.session))?.close?.();
        sessions.delete(q.session);
        return {};
      default:
        return { unsupported: true };
    }
  };
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const q = JSON.parse(line);
    const a = await answer(q).catch((e) => ({ error: String(e?.stack ?? e) }));
    process.stdout.write(JSON.stringify({ id: q.id, ...a }) + "\n");
  });
  lines.on("close", () => process.exit());
}

// The functions below need nothing of this file, so that they can be sent into a page.

// fetchInPage makes the request with the fetch() of a window, or another.
export async function fetchInPage(q, w = globalThis, fetch = w.fetch.bind(w)) {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const { headers, body, ...init } = q.init ?? {};
  for (const key of Object.keys(init)) if (init[key] === null) delete init[key];
  if (headers) init.headers = headers;
  if (body?.base64 !== undefined) init.body = bytes(body.base64);
  if (body?.stream) {
    const chunks = body.stream.map(bytes);
    init.duplex = "half";
    init.body = new w.ReadableStream({ pull: (c) => (chunks.length ? c.enqueue(chunks.shift()) : c.close()) });
  }
  if (q.abortAfterMs !== undefined) {
    const abort = new w.AbortController();
    init.signal = abort.signal;
    setTimeout(() => abort.abort(), q.abortAfterMs);
  }
  try {
    const r = await fetch(q.url, init);
    const text = Array.from(new Uint8Array(await r.arrayBuffer()), (b) => String.fromCharCode(b)).join("");
    const { type, status, statusText, url, redirected } = r;
    return { response: { type, status, statusText, headers: [...r.headers], bodyBase64: btoa(text), url, redirected } };
  } catch (e) {
    return { rejected: e.name };
  }
}

// xhrInPage makes it with XMLHttpRequest; what that does not say of a response is left out.
export function xhrInPage(q, w = globalThis) {
  const { method = "GET", headers = [], body, credentials } = q.init ?? {};
  const xhr = new w.XMLHttpRequest();
  return new Promise((resolve) => {
    xhr.onerror = () => resolve({ rejected: "TypeError" });
    xhr.onabort = () => resolve({ rejected: "AbortError" });
    xhr.onload = () => {
      const text = Array.from(new Uint8Array(xhr.response), (b) => String.fromCharCode(b)).join("");
      const lines = xhr.getAllResponseHeaders().split("\r\n").filter((line) => line);
      resolve({ response: { status: xhr.status, statusText: xhr.statusText, url: xhr.responseURL, bodyBase64: btoa(text),
        headers: lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]) } });
    };
    try {
      xhr.open(method, q.url);
      xhr.responseType = "arraybuffer";
      xhr.withCredentials = credentials === "include";
      for (const [name, value] of headers) xhr.setRequestHeader(name, value);
      xhr.send(body?.base64 === undefined ? null : Uint8Array.from(atob(body.base64), (c) => c.charCodeAt(0)));
    } catch (e) {
      resolve({ rejected: e.name });
    }
    if (q.abortAfterMs !== undefined) setTimeout(() => xhr.abort(), q.abortAfterMs);
  });
}

// elementInPage has an element load it.
export function elementInPage(q, w = globalThis) {
  const { element, crossorigin } = q.via;
  const e = w.document.createElement(element);
  if (crossorigin !== undefined && crossorigin !== null) e.setAttribute("crossorigin", crossorigin);
  return new Promise((resolve) => {
    e.onload = () => resolve({ response: {} });
    e.onerror = () => resolve({ rejected: "TypeError" });
    if (element === "link") e.rel = "stylesheet";
    e[element === "link" ? "href" : "src"] = q.url;
    w.document.head.append(e);
  });
}

// inPage makes it by whichever of these the question asks for.
export function inPage(q, w) {
  if (q.via === "fetch") return fetchInPage(q, w);
  return q.via === "xhr" ? xhrInPage(q, w) : elementInPage(q, w);
}
