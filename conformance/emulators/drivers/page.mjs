// inPage does in a window what a question asks for: by fetch(), by XMLHttpRequest, or by an element. It needs nothing of this
// file, so that it can be sent into a page.
export function inPage(q, w = globalThis, fetch = w.fetch?.bind(w)) {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const base64 = (buffer) => btoa(Array.from(new Uint8Array(buffer), (b) => String.fromCharCode(b)).join(""));
  const { body, ...init } = q.init;
  if (body?.base64 !== undefined) init.body = bytes(body.base64);

  async function byFetch() {
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
    const r = await fetch(q.url, init);
    const { type, status, statusText, url, redirected } = r;
    const bodyBase64 = base64(await r.arrayBuffer());
    return { response: { type, status, statusText, headers: [...r.headers], bodyBase64, url, redirected } };
  }

  // What XMLHttpRequest does not say of a response is left out.
  const byXHR = () => new Promise((resolve) => {
    const xhr = new w.XMLHttpRequest();
    xhr.onerror = () => resolve({ rejected: "error" });
    xhr.onabort = () => resolve({ rejected: "AbortError" });
    xhr.onload = () => {
      const lines = xhr.getAllResponseHeaders().split("\r\n").filter((line) => line);
      const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
      const { status, statusText, responseURL: url } = xhr;
      resolve({ response: { status, statusText, headers, bodyBase64: base64(xhr.response), url } });
    };
    xhr.open(init.method, q.url);
    xhr.responseType = "arraybuffer";
    xhr.withCredentials = init.credentials === "include";
    for (const [name, value] of init.headers) xhr.setRequestHeader(name, value);
    xhr.send(init.body ?? null);
    if (q.abortAfterMs !== undefined) setTimeout(() => xhr.abort(), q.abortAfterMs);
  });

  const byElement = () => new Promise((resolve) => {
    const { element, crossorigin } = q.via;
    const e = w.document.createElement(element);
    if (crossorigin !== null) e.setAttribute("crossorigin", crossorigin);
    e.onload = () => resolve({ response: {} });
    e.onerror = () => resolve({ rejected: "error" });
    e.src = q.url;
    w.document.head.append(e);
  });

  const by = q.via === "fetch" ? byFetch : q.via === "xhr" ? byXHR : byElement;
  return by().catch((e) => ({ rejected: e.name }));
}
