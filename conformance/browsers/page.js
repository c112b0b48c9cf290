// The page: it asks for scenarios, does them with what browsers have, and says what came of it. The same file runs in
// frames, for the scenarios whose page has an opaque origin.
'use strict';

const stepTimeout = 8000;

function withTimeout(promise) {
  return Promise.race([promise, new Promise(done => setTimeout(done, stepTimeout, {outcome: 'timeout'}))]);
}

const bodyBytes = () => new Uint8Array([123, 125]);

const bodyStream = () => new ReadableStream({start(c) { c.enqueue(bodyBytes()); c.close(); }});

// uploadsStreams says whether the browser knows bodies of requests that are streams: others take one for a text.
function uploadsStreams() {
  let asked = false;
  const r = new Request('https://e.localhost/', {method: 'POST', body: new ReadableStream(), get duplex() { asked = true; return 'half'; }});
  return asked && !r.headers.has('Content-Type');
}

async function viaFetch(s) {
  if (s.stream && !uploadsStreams()) return {outcome: 'unsupported'};
  let request;
  const init = {method: s.method || 'GET', mode: s.mode || 'cors', credentials: s.credentials || 'same-origin', redirect: s.redirect || 'follow'};
  try {
    init.headers = s.headers || [];
    if (s.body) init.body = bodyBytes();
    if (s.stream) {
      init.body = bodyStream();
      init.duplex = 'half';
    }
    if (s.cache) init.cache = s.cache;
    if (s.referrer !== undefined) init.referrer = s.referrer;
    if (s.referrerPolicy) init.referrerPolicy = s.referrerPolicy;
    if (s.abort) {
      const controller = new AbortController();
      init.signal = controller.signal;
      setTimeout(() => controller.abort(), s.abort);
    }
    request = new Request(s.url, init);
  } catch (e) {
    return {outcome: 'threw', message: String(e)};
  }
  try {
    const r = await fetch(request);
    const result = {outcome: 'response', type: r.type, status: r.status, url: r.url, redirected: r.redirected, headers: [...r.headers]};
    try { await r.arrayBuffer(); } catch (e) { result.body = String(e); }
    return result;
  } catch (e) {
    return {outcome: 'error', message: String(e)};
  }
}

function viaXHR(s) {
  return new Promise(done => {
    const x = new XMLHttpRequest();
    try {
      x.open(s.method || 'GET', s.url);
      x.withCredentials = s.credentials === 'include';
      for (const [name, value] of s.headers || []) x.setRequestHeader(name, value);
      if (s.upload) x.upload.onprogress = () => {};
    } catch (e) {
      done({outcome: 'threw', message: String(e)});
      return;
    }
    x.onerror = () => done({outcome: 'error'});
    x.onload = () => {
      const headers = x.getAllResponseHeaders().split('\r\n').filter(l => l).map(l => {
        const i = l.indexOf(':');
        return [l.slice(0, i), l.slice(i + 1).trim()];
      });
      done({outcome: 'response', status: x.status, url: x.responseURL, headers});
    };
    x.send(s.body ? bodyBytes() : null);
  });
}

async function runHere(scenario) {
  const results = [];
  for (const s of scenario.steps) {
    if (s.after) await new Promise(done => setTimeout(done, s.after));
    results.push(await withTimeout(s.via === 'fetch' ? viaFetch(s) : s.via === 'xhr' ? viaXHR(s) : viaInitiator(s)));
  }
  return results;
}

const frames = {}; // promises, by kind
const waiting = new Map();

async function makeFrame(kind) {
  const source = await (await fetch('/page.js')).text();
  const html = '<!DOCTYPE html><meta charset=utf-8><body><script>const frameKind = "' + kind + '";' + source + '</' + 'script>';
  const frame = document.createElement('iframe');
  const ready = new Promise(done => waiting.set('ready ' + kind, done));
  if (kind === 'data') {
    frame.src = 'data:text/html,' + encodeURIComponent(html);
  } else {
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = html;
  }
  document.body.append(frame);
  await ready;
  return frame.contentWindow;
}

async function runInFrame(scenario) {
  const kind = scenario.frame;
  frames[kind] = frames[kind] || makeFrame(kind);
  const frame = await frames[kind];
  return new Promise(done => {
    waiting.set(scenario.id, done);
    frame.postMessage(scenario, '*');
  });
}

async function post(path, value) {
  const r = await fetch(path, {method: 'POST', body: JSON.stringify(value)});
  return r.json();
}

async function main() {
  if (location.hostname === 'localhost') document.cookie = 'c=1; path=/';
  addEventListener('message', e => {
    const done = waiting.get(e.data.id);
    waiting.delete(e.data.id);
    if (done) done(e.data.results);
  });
  let job = await post('/hello' + location.search, {userAgent: navigator.userAgent});
  while (job.scenarios) {
    const queue = job.scenarios.slice(), answers = [];
    const worker = async () => {
      for (let s; (s = queue.shift());) {
        answers.push({id: s.id, results: await (s.frame ? runInFrame(s) : runHere(s))});
      }
    };
    await Promise.all(Array.from({length: job.parallel}, worker));
    job = await post('/results' + location.search, answers);
  }
  if (job.go) location.replace(job.go);
}

if (self.origin === 'null') {
  addEventListener('message', async e => {
    parent.postMessage({id: e.data.id, results: await runHere(e.data)}, '*');
  });
  parent.postMessage({id: 'ready ' + frameKind}, '*');
} else {
  main();
}
