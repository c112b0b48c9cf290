// What is recorded: pages, and what they do. Each step says what the Fetch Standard makes of it: a code if it is blocked, skip if
// there is nothing to judge (the page's own origin, a navigation, a WebSocket), unknown if no file can tell (a connection that was
// lost, an abort), at "redirect" if that is what is blocked, cookieless if nothing but a cookie would tell the credentials mode, blind if what the page saw does not tell (an empty font fails anyhow). "differs" names browsers that are known to decide otherwise.

import {readFileSync} from 'node:fs';

const script = readFileSync(new URL('page.js', import.meta.url), 'utf8');

export const hosts = ['app.example', 'api.example', 'data.example', 'cdn.example', 'static.app.example', 'frame.example', 'secure.example'];

const at = (host, name, ...parts) => `https://${host}/${name}?${parts.join('&')}`;
const api = (name, ...parts) => at('api.example', name, ...parts);
const cdn = (name, ...parts) => at('cdn.example', name, ...parts);
const line = name => value => `h=${name}:${encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%3A', ':')}`;
const allow = line('Access-Control-Allow-Origin'), credentials = line('Access-Control-Allow-Credentials')('true');
const corp = line('Cross-Origin-Resource-Policy'), location = line('Location'), coep = value => ({'Cross-Origin-Embedder-Policy': value, 'Cross-Origin-Opener-Policy': 'same-origin'});
const p = part => 'p' + part;
const methods = value => p(line('Access-Control-Allow-Methods')(value)), headers = value => p(line('Access-Control-Allow-Headers')(value)), age = p(line('Access-Control-Max-Age')('600'));
const any = allow('*'), own = allow('ORIGIN'), pany = p(any), pown = p(own);
const cross = corp('cross-origin');

const html = (title, list, then = 'window.results = seen') =>
	`<!doctype html><title>${title}</title><link rel=icon href="data:,"><body><script>\n${script}\naddEventListener('load', async () => { const seen = await steps(${JSON.stringify(list)}); ${then}; })\n</script>`;
const frame = list => html('frame', list, 'parent.postMessage(seen, "*")');
const worker = `${script}\nonmessage = async e => postMessage(await steps(e.data));`;
const js = source => ({html: source, headers: {'Content-Type': 'text/javascript'}});

const redirect = (name, to, status, ...parts) => api(name, `s=${status}`, location(to), ...parts);

// A scenario is one page; one with several visits them one after the other.
const one = (name, list, more = {}) => ({name, visits: [{url: `https://app.example/${name}`, steps: list, headers: more.headers}], pages: more.pages ?? {}, not: more.not ?? []});

const inFrame = [{url: api('from-frame', own)}, {url: api('from-frame-blocked', allow('https://app.example')), code: 'allow-origin-mismatch'}, {url: 'https://frame.example/own?', skip: true}];
const inSandbox = [{url: api('from-sandbox', any)}, {url: api('from-sandbox-null', allow('null'))}, {url: api('from-sandbox-blocked', allow('https://app.example')), code: 'allow-origin-mismatch'}];
const inWorker = [{url: api('from-worker', any)}, {url: api('from-worker-blocked'), code: 'missing-allow-origin'}];

export const scenarios = [
	one('simple', [
		{url: api('any', any)},
		{url: api('own', own)},
		{url: api('none'), code: 'missing-allow-origin'},
		{url: api('other', allow('https://other.example')), code: 'allow-origin-mismatch'},
		{url: api('slash', allow('https://app.example/')), code: 'invalid-allow-origin-value'},
		{url: api('two', any, own), code: 'multiple-allow-origin-values'},
		{url: api('failed', 's=500'), code: 'missing-allow-origin'},
		{url: api('not-found', 's=404', any)},
		{url: api('opaque'), init: {mode: 'no-cors'}},
		{url: api('opaque-post'), init: {mode: 'no-cors', method: 'POST', body: 'a'}},
		{url: 'https://app.example/self?', skip: true},
	]),
	one('credentials', [
		{url: api('set', own, credentials, line('Set-Cookie')('s=1; SameSite=None; Secure; Path=/')), init: {credentials: 'include'}},
		{url: api('with', own, credentials), init: {credentials: 'include'}},
		{url: api('wildcard', any), init: {credentials: 'include'}, code: 'wildcard-origin-not-allowed'},
		{url: api('lacking', own), init: {credentials: 'include'}, code: 'invalid-allow-credentials'},
		{url: api('without', any)},
		{do: 'xhr', url: api('xhr', own, credentials), credentials: true},
		{do: 'xhr', url: api('xhr-wildcard', any), credentials: true, code: 'wildcard-origin-not-allowed'},
	]),
	one('preflight', [
		{url: api('put', own, pown, methods('PUT')), init: {method: 'PUT'}},
		{url: api('no-method', own, pown), init: {method: 'PUT'}, code: 'method-disallowed-by-preflight'},
		{url: api('no-header', own, pown, headers('x-b')), init: {headers: {'X-A': '1'}}, code: 'header-disallowed-by-preflight'},
		{url: api('json', own, pown, headers('content-type')), init: {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'}},
		{url: api('silent', own), init: {method: 'DELETE'}, code: 'preflight-missing-allow-origin'},
		{url: api('login', own, pown, 'ps=401'), init: {headers: {Authorization: 'Bearer x'}}, code: 'preflight-invalid-status'},
		{url: api('moved', own, pown, 'ps=302', p(location('/elsewhere'))), init: {method: 'PUT'}, code: 'preflight-disallowed-redirect'},
		{url: api('failing', pown, methods('PUT')), init: {method: 'PUT'}, code: 'missing-allow-origin'},
		{url: api('wild', own, pany, headers('*')), init: {headers: {Authorization: 'Bearer x'}}, code: 'authorization-not-covered-by-wildcard', differs: ['chromium', 'firefox']},
		{url: api('listened', own, pown), do: 'xhr', method: 'POST', body: 'abc', upload: true},
		{url: api('malformed', own, pown, methods('PUT@')), init: {method: 'PUT'}, code: 'preflight-invalid-allow-methods'},
	]),
	one('preflight-cached', [
		{url: api('kept', own, pown, methods('PUT'), age), init: {method: 'PUT'}},
		{do: 'wait', ms: 2500, skip: true}, // Firefox caches none in its first seconds
		{url: api('kept-2', own, pown, methods('PUT'), age), init: {method: 'PUT'}},
		{url: api('kept-2', own, pown, methods('PUT'), age), init: {method: 'PUT'}, again: true},
		{url: api('kept-bad', pown, methods('PUT'), age), init: {method: 'PUT'}, code: 'missing-allow-origin'},
	]),
	one('redirects', [
		{url: redirect('same', '/end-same?' + own, 302, own)},
		{url: redirect('unmarked', '/end-unmarked?' + own, 302), code: 'missing-allow-origin', at: 'redirect'},
		{url: redirect('tainting', cdn('end-tainting', allow('https://app.example')), 302, own), code: 'allow-origin-mismatch'},
		{url: redirect('tainted-any', cdn('end-any', any), 307, own)},
		{url: `https://app.example/leave?s=302&${location(api('end-leave', allow('https://app.example')))}`},
		{url: `https://app.example/leave-bad?s=302&${location(api('end-leave-bad'))}`, code: 'missing-allow-origin'},
		{url: redirect('userinfo', 'https://u:p@cdn.example/x', 302, own), code: 'redirect-contains-credentials'},
		{url: redirect('refused', '/end-refused?' + own, 302, own), init: {redirect: 'error'}, code: 'redirect-mode-error', unknown: true},
		{url: redirect('manual', '/end-manual?' + own, 302, own), init: {redirect: 'manual'}, unknown: true},
		{url: redirect('put', '/end-put?' + own + '&' + pown + '&' + methods('PUT'), 307, own, pown, methods('PUT')), init: {method: 'PUT'}},
		{url: redirect('post', '/end-post?' + own, 302, own), init: {method: 'POST', body: 'a'}},
		{do: 'image', url: redirect('image', cdn('end-image', 't=png'), 302)},
	]),
	one('revalidated', [
		{url: api('stored', 'e=1', own)},
		{url: api('stored', 'e=1', own), init: {cache: 'no-cache'}, again: true},
		{url: api('marked', 'e=1', own, 'n' + own)},
		{url: api('marked', 'e=1', own, 'n' + own), init: {cache: 'no-cache'}, again: true},
		{url: api('by-script', 'e=2', own, pown, headers('if-none-match')), init: {headers: {'If-None-Match': '"2"'}}, code: 'missing-allow-origin'},
		{do: 'script', url: cdn('revalidated.js', 'e=3', 't=js')},
		{do: 'script', url: cdn('revalidated.js', 'e=3', 't=js'), attributes: {'data-again': '1'}, again: true},
		{url: api('fresh', own, line('Cache-Control')('max-age=600'))},
		{url: api('fresh', own, line('Cache-Control')('max-age=600')), again: true},
	]),
	one('elements', [
		{do: 'image', url: cdn('a.png', 't=png')},
		{do: 'image', url: cdn('b.png', 't=png', any), attributes: {crossorigin: ''}},
		{do: 'image', url: cdn('c.png', 't=png'), attributes: {crossorigin: ''}, code: 'missing-allow-origin'},
		{do: 'image', url: cdn('d.png', 't=png', any), attributes: {crossorigin: 'use-credentials'}, code: 'wildcard-origin-not-allowed', cookieless: true},
		{do: 'image', url: cdn('e.png', 't=png', corp('same-origin')), code: 'corp-not-same-origin'},
		{do: 'image', url: cdn('f.png', 't=png', corp('same-site')), code: 'corp-not-same-site'},
		{do: 'image', url: 'https://static.app.example/g.png?t=png&' + corp('same-site')},
		{do: 'script', url: cdn('a.js', 't=js')},
		{do: 'script', url: cdn('b.js', 't=js', any), attributes: {crossorigin: ''}},
		{do: 'script', url: cdn('c.js', 't=js'), attributes: {crossorigin: ''}, code: 'missing-allow-origin'},
		{do: 'script', url: cdn('d.js', 't=js'), attributes: {type: 'module'}, code: 'missing-allow-origin'},
		{do: 'script', url: cdn('e.js', 't=text', line('X-Content-Type-Options')('nosniff')), code: 'nosniff'},
		{do: 'style', url: cdn('a.css', 't=css')},
		{do: 'font', url: cdn('a.woff2', 't=woff2', any), blind: true},
		{do: 'font', url: cdn('b.woff2', 't=woff2'), code: 'missing-allow-origin'},
		{do: 'beacon', url: api('beacon')},
		{do: 'sse', url: api('events', 't=sse', any)},
		{do: 'sse', url: api('events-blocked', 't=sse'), code: 'missing-allow-origin'},
	]),
	one('embedder', [
		{do: 'image', url: cdn('unmarked.png', 't=png'), code: 'corp-not-same-origin-after-defaulted-by-coep'},
		{do: 'image', url: cdn('marked.png', 't=png', cross)},
		{do: 'image', url: cdn('cors.png', 't=png', any), attributes: {crossorigin: ''}},
		{url: api('opaque-unmarked'), init: {mode: 'no-cors'}, code: 'corp-not-same-origin-after-defaulted-by-coep'},
		{url: api('open', any)},
		{do: 'image', url: 'https://app.example/own.png?t=png', skip: true},
	], {headers: coep('require-corp')}),
	one('credentialless', [
		{do: 'image', url: cdn('unmarked.png', 't=png')},
		{do: 'image', url: cdn('same-origin.png', 't=png', corp('same-origin')), code: 'corp-not-same-origin'},
		{url: api('opaque'), init: {mode: 'no-cors'}},
	], {headers: coep('credentialless')}),
	one('frames', [
		{do: 'frame', url: 'https://frame.example/inner', steps: inFrame, skip: true},
		{do: 'frame', url: 'https://app.example/sandboxed', sandbox: 'allow-scripts', steps: inSandbox, skip: true},
		{url: api('from-page', own)},
		{do: 'form', url: api('form'), skip: true},
	], {pages: {'frame.example/inner': {html: frame(inFrame)}, 'app.example/sandboxed': {html: frame(inSandbox)}}}),
	one('workers', [
		{do: 'worker', url: 'https://app.example/worker.js', steps: inWorker, skip: true},
		{url: api('beside', own)},
	], {pages: {'app.example/worker.js': js(worker)}}),
	one('service-worker', [
		{do: 'service worker', url: 'https://app.example/sw.js', skip: true},
		{url: api('made-up', 'sw=1'), unknown: true}, // the worker makes a response of its own
		{url: api('passed', own), unknown: true},
		{url: api('passed-blocked'), unknown: true, code: 'missing-allow-origin'},
		{do: 'image', url: cdn('passed.png', 't=png'), unknown: true},
	], {pages: {'app.example/sw.js': js(`onactivate = e => e.waitUntil(clients.claim());
onfetch = e => { const u = new URL(e.request.url); if (u.searchParams.has('sw')) e.respondWith(new Response('made up')); else if (u.hostname !== 'app.example') e.respondWith(fetch(e.request)); };`)}}),
	one('sockets', [
		{do: 'socket', url: 'wss://api.example/socket', skip: true},
		{do: 'socket', url: 'wss://api.example/socket?refuse', skip: true, fails: true},
		{url: api('after', own)},
	]),
	one('lost', [
		{url: api('closed', 'close', own), unknown: true, fails: true},
		{do: 'script', url: cdn('data.json', 't=json'), orb: true},
		{do: 'image', url: cdn('page.html', 't=html', 'b=<p>'), orb: true},
		{url: 'https://nowhere.invalid/', unknown: true, fails: true},
		{url: 'http://api.example:6000/x', code: 'bad-port', absent: true, fails: true},
		{url: api('kept-up', own)},
	]),
	one('mixed', [
		{url: 'http://api.example/plain?' + any, code: 'mixed-content', absent: true},
		{do: 'image', url: 'http://cdn.example/upgraded.png?t=png', absent: true},
		{url: api('still', any)},
	]),
	{
		name: 'upgraded',
		visits: [
			{url: 'https://secure.example/known?' + line('Strict-Transport-Security')('max-age=600'), steps: null},
			{url: 'http://app.example/upgraded', steps: [
				{url: 'http://secure.example/a?' + own, hsts: true},
				{url: 'http://secure.example/b', code: 'missing-allow-origin', hsts: true},
				{url: 'http://data.example/plain?' + own},
				{do: 'image', url: 'http://secure.example/c.png?t=png', hsts: true},
			]},
		],
		pages: {}, not: ['firefox', 'mitmproxy', 'chrome-har-capturer'],
	},
	{
		name: 'visits',
		visits: [
			{url: 'https://app.example/first', steps: [{url: api('first', allow('https://app.example'))}, {url: 'https://data.example/mine?', code: 'missing-allow-origin'}]},
			{url: 'https://data.example/second', steps: [{url: api('second', allow('https://app.example')), code: 'allow-origin-mismatch'}, {url: 'https://data.example/mine?own', skip: true}]},
		],
		pages: {}, not: ['chrome-har-capturer'],
	},
];

for (const s of scenarios) {
	for (const v of s.visits) {
		if (v.steps) s.pages[v.url.replace(/^https?:\/\//, '')] = {html: html(s.name, v.steps), headers: v.headers};
	}
}
