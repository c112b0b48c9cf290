// What requests in a page, apart from fetch() and XMLHttpRequest, by the names of package initiator. Each function does a step
// and says what the page learns: load, error or threw, or none where it learns nothing; and whether it may read what it got,
// where that can be tried.
'use strict';

let counter = 0;
const unique = () => 'corspec' + counter++;

// settled waits until the server has got what it will get of a step, and says how many requests these are. It asks again and
// again, because browsers open few connections to a server at once.
async function settled(s) {
  const path = '/arrived' + new URL(s.url).pathname.match(/^\/s\/[^/]+\/[^/]+\//)[0];
  const quiet = 200, patience = 1200;
  let n = 0, since = performance.now();
  for (;;) {
    const now = await (await fetch(path)).json();
    if (now !== n) {
      n = now;
      since = performance.now();
    }
    if (performance.now() - since > (n > 0 ? quiet : patience)) return n;
    await new Promise(done => setTimeout(done, 50));
  }
}

// unheard is a step of which the page learns nothing.
async function unheard(s) {
  await settled(s);
  return {outcome: 'none'};
}

// eventually is what a promise comes to, unless nothing is requested.
async function eventually(s, promise) {
  const nothing = settled(s).then(n => n > 0 ? promise : new Promise(done => setTimeout(done, 300, {outcome: 'none'})));
  return Promise.race([promise, nothing]);
}

// loads puts an element, or what is around it, into the page, waits for its events, and removes it.
function loads(e, {around = e, name = 'load', result = () => ({}), stays = false} = {}) {
  return new Promise(done => {
    const end = outcome => {
      done({outcome, ...outcome === 'load' && result()});
      if (!stays) around.remove();
    };
    e.addEventListener(name, () => end('load'), {once: true});
    e.addEventListener('error', () => end('error'), {once: true});
    document.body.append(around);
  });
}

function make(name, properties) {
  const e = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (value !== undefined) e[property] = value;
  }
  return e;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

function makeSVG(name, attributes, ...children) {
  const e = document.createElementNS(svgNamespace, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined) e.setAttribute(attribute, value);
  }
  e.append(...children);
  return e;
}

// readable says whether reading throws.
function readable(read) {
  try {
    read();
    return {readable: true};
  } catch (e) {
    return {readable: false};
  }
}

function drawn(image) {
  const context = make('canvas', {width: 1, height: 1}).getContext('2d');
  context.drawImage(image, 0, 0);
  return readable(() => context.getImageData(0, 0, 1, 1));
}

function link(s, rel) {
  return make('link', {rel, crossOrigin: s.crossOrigin, referrerPolicy: s.referrerPolicy, as: s.as, href: s.url});
}

// supports says whether the browser knows a type of links.
const supports = rel => document.createElement('link').relList.supports(rel);

const unsupported = {outcome: 'unsupported'};

// lastError is what the window learnt of the last error: its scripts throw by intention.
let lastError;
addEventListener('error', e => {
  if (!e.message) return; // of an element
  lastError = e;
  e.preventDefault();
});

// script loads a classic script, and looks at the error that it throws.
function script(s) {
  const e = make('script', {crossOrigin: s.crossOrigin, referrerPolicy: s.referrerPolicy, src: s.url});
  lastError = undefined;
  return loads(e, {result() {
    const {message, filename, error} = lastError || {};
    lastError = undefined;
    return message === undefined ? {} : {readable: error !== null && filename !== '' && message !== 'Script error.'};
  }});
}

// imports imports a module of a type from a module script that has the crossorigin.
async function imports(s, type) {
  const sample = {json: 'data:application/json,1', css: 'data:text/css,', text: 'data:text/plain,'}[type];
  const known = await import(sample, {with: {type}}).then(() => true, () => false);
  if (!known) return unsupported;
  const name = unique();
  const result = new Promise(done => { self[name] = done; });
  document.body.append(make('script', {type: 'module', crossOrigin: s.crossOrigin,
    textContent: 'import(' + JSON.stringify(s.url) + ', {with: {type: "' + type + '"}}).then(() => ' + name + '({outcome: "load"}), e => ' + name + '({outcome: "error", message: String(e)}))'}));
  return result;
}

function media(s, name) {
  return loads(make(name, {crossOrigin: s.crossOrigin, preload: 'auto', muted: true, src: s.url}), {name: 'loadedmetadata'});
}

function track(s) {
  const video = make('video', {crossOrigin: s.crossOrigin});
  const t = make('track', {kind: 'subtitles', default: true, src: s.url});
  video.append(t);
  const result = loads(t, {around: video});
  t.track.mode = 'hidden';
  return result;
}

// framed loads a page into a frame, and looks at its document.
function framed(e) {
  return loads(e, {result: () => readable(() => {
    if (!e.contentDocument) throw new Error('no document');
  })});
}

function form(s) {
  const frame = make('iframe', {name: unique()});
  document.body.append(frame);
  const e = make('form', {method: s.method || 'GET', action: s.url, target: frame.name});
  if (s.bodyType) e.enctype = s.bodyType;
  e.append(make('input', {name: 'x', value: 'y'}));
  document.body.append(e);
  const result = new Promise(done => {
    frame.onload = () => {
      if (frame.contentDocument && frame.contentDocument.URL === 'about:blank') return; // the document that it began with
      done({outcome: 'load'});
      frame.remove();
    };
  });
  e.submit();
  e.remove();
  return result;
}

// styled gives an element a style, if the browser knows it.
async function styled(s, property, value) {
  if (!CSS.supports(property, value)) return unsupported;
  const e = make('div', {textContent: 'x'});
  e.style.cssText = 'display: list-item; width: 10px; height: 10px; border: 1px solid; position: absolute';
  e.style.setProperty(property, value);
  document.body.append(e);
  await settled(s);
  e.remove();
  return {outcome: 'none'};
}

const url = s => 'url("' + s.url + '")';

// shaped looks whether text flows around the shape.
async function shaped(s) {
  const e = make('div', {innerHTML: '<i style="float: left; width: 50px; height: 50px"></i><b>x</b>'});
  e.style.cssText = 'position: absolute; width: 200px; height: 60px';
  e.firstChild.style.setProperty('shape-outside', url(s));
  document.body.append(e);
  await settled(s);
  await new Promise(done => setTimeout(done, 50));
  const moved = e.lastChild.getBoundingClientRect().left - e.getBoundingClientRect().left < 50;
  e.remove();
  return {outcome: moved ? 'load' : 'error'};
}

async function cssImport(s) {
  const e = make('style', {textContent: '@import ' + url(s) + ';'});
  return loads(e, {result: () => readable(() => e.sheet.cssRules[0].styleSheet.cssRules.length)});
}

function svgImage(s) {
  const e = makeSVG('image', {crossorigin: s.crossOrigin, width: 1, height: 1, href: s.url});
  return loads(e, {around: makeSVG('svg', {width: 1, height: 1}, e)});
}

async function svgUse(s) {
  const e = makeSVG('use', {href: s.url + '#i'});
  const svg = makeSVG('svg', {width: 10, height: 10}, e);
  document.body.append(svg);
  await settled(s);
  await new Promise(done => setTimeout(done, 50));
  const width = e.getBBox().width;
  svg.remove();
  return {outcome: width > 0 ? 'load' : 'error'};
}

async function svgFeImage(s) {
  const id = unique();
  const svg = makeSVG('svg', {width: 1, height: 1}, makeSVG('filter', {id}, makeSVG('feImage', {crossorigin: s.crossOrigin, href: s.url})));
  const e = make('div', {textContent: 'x'});
  e.style.filter = 'url(#' + id + ')';
  document.body.append(svg, e);
  await settled(s);
  svg.remove();
  e.remove();
  return {outcome: 'none'};
}

// working waits for the message of a worker.
function working(s, type, constructor) {
  if (!constructor) return unsupported;
  let worker;
  try {
    worker = new constructor(s.url, {type, credentials: s.credentials || 'same-origin', name: unique()});
  } catch (e) {
    return {outcome: 'threw', message: String(e)};
  }
  return new Promise(done => {
    const end = outcome => {
      done({outcome});
      if (worker.terminate) worker.terminate();
      else worker.port.close();
    };
    (worker.port || worker).onmessage = () => end('load');
    worker.onerror = e => {
      e.preventDefault();
      end('error');
    };
  });
}

async function serviceWorker(s, type) {
  if (!navigator.serviceWorker) return unsupported;
  const registration = await navigator.serviceWorker.register(s.url, {type});
  await registration.unregister();
  return {outcome: 'load'};
}

function importScriptsInWorker(s) {
  const worker = new Worker('/importing.js');
  return new Promise(done => {
    worker.onmessage = e => {
      done(e.data);
      worker.terminate();
    };
    worker.postMessage(s.url);
  });
}

async function worklet(s, w) {
  if (!w) return unsupported;
  await w.addModule(s.url, {credentials: s.credentials || 'same-origin'});
  return {outcome: 'load'};
}

// eventSource connects as often as the step says.
function eventSource(s) {
  const source = new EventSource(s.url, {withCredentials: s.credentials === 'include'});
  let left = s.times || 1;
  return new Promise(done => {
    const end = outcome => {
      done({outcome});
      source.close();
    };
    source.onopen = () => --left || end('load');
    source.onerror = () => source.readyState !== EventSource.CLOSED || end('error');
  });
}

async function beacon(s) {
  const type = s.bodyType || '';
  const body = type === 'text/plain;charset=UTF-8' ? 'x' : type.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams('x=y') : type ? new Blob(['{}'], {type}) : bodyBytes();
  if (!navigator.sendBeacon(s.url, body)) return {outcome: 'threw'};
  return unheard(s);
}

function webSocket(s) {
  const socket = new WebSocket(s.url.replace('http', 'ws'));
  return new Promise(done => {
    socket.onopen = () => {
      done({outcome: 'load'});
      socket.close();
    };
    socket.onerror = () => done({outcome: 'error'});
  });
}

// ping follows a link to where the page is already, so that it is always asked from there.
async function ping(s) {
  history.replaceState(null, '', '#corspec');
  const e = make('a', {href: '#corspec', ping: s.url});
  document.body.append(e);
  e.click();
  e.remove();
  return unheard(s);
}

const initiators = {
  'img': s => {
    const e = make('img', {crossOrigin: s.crossOrigin, referrerPolicy: s.referrerPolicy});
    e[s.property || 'src'] = s.url;
    return loads(e, {result: () => drawn(e)});
  },
  'input-image': s => loads(make('input', {type: 'image', src: s.url})),
  'video-poster': async s => {
    const e = make('video', {crossOrigin: s.crossOrigin});
    document.body.append(e);
    e.getBoundingClientRect(); // WebKit asks again for a poster that has failed before the layout
    e.poster = s.url;
    await settled(s);
    e.remove();
    return {outcome: 'none'};
  },
  'audio': s => media(s, 'audio'),
  'video': s => media(s, 'video'),
  'track': track,
  'script': script,
  'module-script': s => loads(make('script', {type: 'module', crossOrigin: s.crossOrigin, referrerPolicy: s.referrerPolicy, src: s.url})),
  'json-module': s => imports(s, 'json'),
  'css-module': s => imports(s, 'css'),
  'text-module': s => imports(s, 'text'),
  'link-stylesheet': s => {
    const e = link(s, 'stylesheet');
    return loads(e, {result: () => readable(() => e.sheet.cssRules.length)});
  },
  'link-preload': s => eventually(s, loads(link(s, 'preload'), {stays: true})),
  'link-modulepreload': s => supports('modulepreload') ? eventually(s, loads(link(s, 'modulepreload'))) : unsupported,
  'link-prefetch': s => supports('prefetch') ? eventually(s, loads(link(s, 'prefetch'))) : unsupported,
  'link-icon': async s => {
    const e = link(s, 'icon');
    document.head.append(e);
    await settled(s);
    e.remove();
    return {outcome: 'none'};
  },
  'link-manifest': async s => {
    const e = link(s, 'manifest');
    document.head.append(e);
    await settled(s);
    e.remove();
    return {outcome: 'none'};
  },
  'iframe': s => framed(make('iframe', {src: s.url})),
  'object': s => framed(make('object', {data: s.url})),
  'embed': s => loads(make('embed', {src: s.url, type: 'text/html'})),
  'form': form,
  'font': s => new FontFace(unique(), url(s)).load().then(() => ({outcome: 'load'})),
  'css-import': cssImport,
  'css-image': s => styled(s, s.property, s.property === 'cursor' ? url(s) + ', auto' : url(s)),
  'css-mask-image': s => styled(s, s.property, url(s)),
  'css-shape-outside': shaped,
  'svg-image': svgImage,
  'svg-use': svgUse,
  'svg-fe-image': svgFeImage,
  'worker': s => working(s, 'classic', self.Worker),
  'module-worker': s => working(s, 'module', self.Worker),
  'shared-worker': s => working(s, 'classic', self.SharedWorker),
  'module-shared-worker': s => working(s, 'module', self.SharedWorker),
  'service-worker': s => serviceWorker(s, 'classic'),
  'module-service-worker': s => serviceWorker(s, 'module'),
  'import-scripts': importScriptsInWorker,
  'audio-worklet': s => worklet(s, self.OfflineAudioContext && new OfflineAudioContext(1, 1, 44100).audioWorklet),
  'paint-worklet': s => worklet(s, CSS.paintWorklet),
  'eventsource': eventSource,
  'beacon': beacon,
  'websocket': webSocket,
  'ping': ping,
};

// viaInitiator does a step by the name of what requests.
async function viaInitiator(s) {
  try {
    return await initiators[s.via](s);
  } catch (e) {
    return {outcome: 'error', message: String(e)};
  }
}
