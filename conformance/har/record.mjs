// node record.mjs OUT [RECORDER…]: records each scenario with each recorder into the folder OUT, with a sidecar. See README.md.

import {createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {spawn} from 'node:child_process';
import {tmpdir} from 'node:os';
import net from 'node:net';
import path from 'node:path';
import {start} from './server.mjs';
import {hosts, scenarios} from './scenarios.mjs';

const require = createRequire(import.meta.url);
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium', firefoxPath = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const sleep = ms => new Promise(done => setTimeout(done, ms));
const temporary = () => mkdtempSync(path.join(tmpdir(), 'corspec-har-'));

const flags = server => ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-features=OptimizationHints,HttpsUpgrades', `--ignore-certificate-errors-spki-list=${server.keyHash}`,
	`--host-resolver-rules=${hosts.map(h => `MAP ${h} 127.0.0.1:${server.ports[0]}`).join()},EXCLUDE 127.0.0.1,MAP * ~NOTFOUND`];

// visit goes through the pages of a scenario, and returns what they saw.
async function visit(scenario, go, evaluate) {
	const seen = [];
	for (const v of scenario.visits) {
		await go(v.url);
		if (!v.steps) {
			seen.push(null);
			continue;
		}
		for (let i = 0; ; i++) {
			const results = await evaluate('window.results ? JSON.stringify(window.results) : ""');
			if (results) {
				seen.push(JSON.parse(results));
				break;
			}
			if (i > 300) throw new Error(`${scenario.name}: the page does not end`);
			await sleep(100);
		}
	}
	await sleep(300); // for what comes after
	return seen;
}

const puppeteer = async (server, more = []) => (await import('puppeteer-core')).default.launch({executablePath: chromiumPath, headless: true, args: [...flags(server), ...more]});

const recorders = {
	// The developer tools of Chromium themselves, opened on the page, as "Save all as HAR" has it.
	async devtools(server, scenario) {
		const browser = await puppeteer(server, ['--remote-debugging-port=0', '--remote-allow-origins=*']);
		try {
			const page = await browser.newPage();
			const port = new URL(browser.wsEndpoint()).port;
			const tools = await browser.newPage();
			await tools.goto(`http://127.0.0.1:${port}/devtools/inspector.html?ws=127.0.0.1:${port}/devtools/page/${page.target()._targetId}&panel=network`);
			await tools.evaluate(async () => {
				await import('./models/logs/logs.js');
				const {Settings} = await import('./core/common/common.js');
				for (let i = 0; i < 100; i++) {
					try {
						Settings.Settings.instance().moduleSetting('network-log.preserve-log').set(true);
						return;
					} catch { // not yet
						await new Promise(done => setTimeout(done, 100));
					}
				}
				throw new Error('the developer tools do not start');
			});
			await sleep(1500);
			await page.bringToFront();
			const seen = await visit(scenario, url => page.goto(url, {waitUntil: 'load'}).catch(() => {}), code => page.evaluate(code));
			const har = await tools.evaluate(async () => {
				const HAR = await import('./models/har/har.js');
				const {NetworkLog} = await import('./models/logs/logs.js');
				return JSON.stringify({log: await HAR.Log.Log.build(NetworkLog.NetworkLog.instance().requests(), {sanitize: false})});
			});
			return {seen, har: JSON.parse(har), browser: 'chromium'};
		} finally {
			await browser.close();
		}
	},

	async 'chrome-har'(server, scenario) {
		const {harFromMessages} = await import('chrome-har');
		const browser = await puppeteer(server);
		try {
			const page = await browser.newPage();
			const client = await page.createCDPSession();
			const messages = [];
			client.on('*', (method, params) => /^(Page|Network)\./.test(String(method)) && messages.push({method, params}));
			await client.send('Page.enable');
			await client.send('Network.enable');
			const seen = await visit(scenario, url => page.goto(url, {waitUntil: 'load'}).catch(() => {}), code => page.evaluate(code));
			return {seen, har: harFromMessages(messages, {includeResourcesFromDiskCache: true}), browser: 'chromium'};
		} finally {
			await browser.close();
		}
	},

	async puppeteer(server, scenario) {
		const PuppeteerHar = require('puppeteer-har');
		const browser = await puppeteer(server);
		try {
			const page = await browser.newPage();
			page.target().createCDPSession ??= () => page.createCDPSession();
			const har = new PuppeteerHar(page);
			await har.start();
			const seen = await visit(scenario, url => page.goto(url, {waitUntil: 'load'}).catch(() => {}), code => page.evaluate(code));
			return {seen, har: await har.stop(), browser: 'chromium'};
		} finally {
			await browser.close();
		}
	},

	async 'chrome-har-capturer'(server, scenario) {
		const CHC = require('chrome-har-capturer');
		const browser = await puppeteer(server, ['--remote-debugging-port=0']);
		try {
			let seen;
			const options = {port: Number(new URL(browser.wsEndpoint()).port), host: '127.0.0.1', timeout: 60000, async postHook(url, client) {
				seen = await visit({...scenario, visits: scenario.visits.slice(-1)}, () => {}, async code => (await client.Runtime.evaluate({expression: code})).result.value);
			}, async preHook(url, client) { await client.Runtime.enable(); }};
			const har = await new Promise((done, fail) => CHC.run(scenario.visits.map(v => v.url), options).on('fail', (url, err) => fail(err)).on('har', done));
			return {seen, har, browser: 'chromium'};
		} finally {
			await browser.close();
		}
	},

	async playwright(server, scenario, extension = 'har') {
		const {chromium} = require('playwright-core');
		const dir = temporary(), file = path.join(dir, 'x.' + extension);
		const browser = await chromium.launch({executablePath: chromiumPath, args: flags(server), ignoreDefaultArgs: ['--enable-unsafe-swiftshader']});
		try {
			const context = await browser.newContext({recordHar: {path: file, content: extension === 'har' ? 'omit' : 'attach'}});
			const page = await context.newPage();
			const seen = await visit(scenario, url => page.goto(url, {waitUntil: 'load'}).catch(() => {}), code => page.evaluate(code));
			await context.close();
			const data = readFileSync(file);
			return {seen, har: extension === 'har' ? JSON.parse(data) : null, data, browser: 'chromium'};
		} finally {
			await browser.close();
			rmSync(dir, {recursive: true});
		}
	},

	// Firefox's network monitor, opened on the page, through Marionette.
	async firefox(server, scenario) {
		const profile = temporary();
		writeFileSync(path.join(profile, 'user.js'), Object.entries({
			'marionette.port': 0, 'network.dns.localDomains': hosts.join(), 'devtools.netmonitor.persistlog': true, 'devtools.cache.disabled': false, 'browser.shell.checkDefaultBrowser': false,
			'datareporting.policy.dataSubmissionEnabled': false, 'app.update.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false, 'browser.safebrowsing.provider.google4.updateURL': '',
			'services.settings.server': 'data:,', 'dom.serviceWorkers.testing.enabled': true, 'security.mixed_content.upgrade_display_content': true,
		}).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});\n`).join(''));
		const firefox = spawn(firefoxPath, ['-headless', '-no-remote', '-marionette', '-remote-allow-system-access', '-profile', profile], {stdio: 'ignore'});
		try {
			const m = await marionette(path.join(profile, 'MarionetteActivePort'));
			await m('WebDriver:NewSession', {acceptInsecureCerts: true, pageLoadStrategy: 'none'});
			await m('Marionette:SetContext', {value: 'chrome'});
			await m('WebDriver:SetTimeouts', {script: 60000});
			const chrome = async script => (await m('WebDriver:ExecuteAsyncScript', {script: `const done = arguments[arguments.length - 1]; (async () => { ${script} })().then(done, e => done("error: " + e + e.stack))`, args: [], newSandbox: false})).value;
			const opened = await chrome(`
				const {require} = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
				const {gDevTools} = require("devtools/client/framework/devtools");
				const toolbox = await gDevTools.showToolboxForTab(gBrowser.selectedTab, {toolId: "netmonitor"});
				window.corspecToolbox = toolbox;
				return "opened"`);
			if (opened !== 'opened') throw new Error(opened);
			await m('Marionette:SetContext', {value: 'content'});
			const seen = await visit(scenario, async url => { await m('WebDriver:Navigate', {url}); await sleep(500); },
				async code => (await m('WebDriver:ExecuteScript', {script: 'return ' + code, args: []})).value);
			await m('Marionette:SetContext', {value: 'chrome'});
			const har = await chrome('await new Promise(r => setTimeout(r, 1000)); return JSON.stringify(await window.corspecToolbox.getHARFromNetMonitor())');
			if (har.startsWith('error')) throw new Error(har);
			await m('Marionette:Quit', {flags: ['eForceQuit']}).catch(() => {});
			const log = JSON.parse(har);
			return {seen, har: log.log ? log : {log}, browser: 'firefox'};
		} finally {
			firefox.kill('SIGKILL');
			await sleep(500);
			rmSync(profile, {recursive: true, force: true, maxRetries: 5});
		}
	},

	// A proxy's log of Chromium.
	async mitmproxy(server, scenario) {
		const dir = temporary(), file = path.join(dir, 'x.har');
		writeFileSync(path.join(dir, 'to_server.py'), `def server_connect(data):\n    data.server.address = ("127.0.0.1", ${server.ports[0]})\n`);
		const port = 20000 + Math.floor(Math.random() * 20000);
		const more = process.env.SAVEHAR ? ['-s', process.env.SAVEHAR] : []; // before mitmproxy 10 that was an addon
		const proxy = spawn('mitmdump', ['-q', '-p', String(port), '--set', `confdir=${dir}`, '--set', 'connection_strategy=lazy', '--ssl-insecure', '-s', path.join(dir, 'to_server.py'), ...more, '--set', `hardump=${file}`], {stdio: ['ignore', 'inherit', 'inherit']});
		try {
			await sleep(4000);
			const browser = await puppeteer(server, [`--proxy-server=http://127.0.0.1:${port}`, '--ignore-certificate-errors']);
			let seen;
			try {
				const page = await browser.newPage();
				seen = await visit(scenario, url => page.goto(url, {waitUntil: 'load'}).catch(() => {}), code => page.evaluate(code));
			} finally {
				await browser.close();
			}
			const ended = new Promise(done => proxy.once('exit', done));
			proxy.kill('SIGINT');
			await Promise.race([ended, sleep(10000)]);
			return {seen, har: JSON.parse(readFileSync(file)), browser: 'chromium'};
		} finally {
			proxy.kill('SIGKILL');
			rmSync(dir, {recursive: true, force: true});
		}
	},
};

// marionette connects to the port that a file names, and returns what sends a command.
async function marionette(file) {
	let port;
	for (let i = 0; !port; i++) {
		try {
			port = Number(readFileSync(file, 'utf8'));
		} catch {
			if (i > 300) throw new Error('Firefox does not start');
		}
		await sleep(100);
	}
	const socket = net.connect(port, '127.0.0.1');
	let buffer = Buffer.alloc(0), id = 0;
	const waiting = new Map();
	socket.on('error', () => {}).on('data', data => {
		buffer = Buffer.concat([buffer, data]);
		for (;;) {
			const at = buffer.indexOf(':');
			if (at < 0) return;
			const size = Number(buffer.subarray(0, at));
			if (buffer.length < at + 1 + size) return;
			const message = JSON.parse(buffer.subarray(at + 1, at + 1 + size));
			buffer = buffer.subarray(at + 1 + size);
			if (!Array.isArray(message)) continue;
			const [, n, error, result] = message;
			const w = waiting.get(n);
			waiting.delete(n);
			error ? w.fail(new Error(JSON.stringify(error))) : w.done(result);
		}
	});
	await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
	return (name, parameters) => new Promise((done, fail) => {
		const message = JSON.stringify([0, ++id, name, parameters]);
		waiting.set(id, {done, fail});
		socket.write(`${Buffer.byteLength(message)}:${message}`);
	});
}

// tidy leaves out of a file what nobody needs: bodies, and when it was made.
function tidy(har) {
	const shift = ms => new Date(Date.UTC(2026, 0, 1) + ms);
	const times = har.log.entries.map(e => Date.parse(e.startedDateTime)).filter(t => t === t);
	const first = Math.min(...times);
	const move = o => { if (o.startedDateTime) o.startedDateTime = shift(Date.parse(o.startedDateTime) - first).toISOString(); };
	for (const p of har.log.pages ?? []) move(p);
	for (const e of har.log.entries) {
		move(e);
		if (!hosts.includes(new URL(e.request.url).hostname) && e.request.url.includes('?')) { // the browser asks its maker for updates
			e.request.url = e.request.url.slice(0, e.request.url.indexOf('?'));
			delete e.request.postData;
			e.request.headers = e.request.headers.filter(h => !/^x-/i.test(h.name));
		}
		for (const c of [e.response?.content, e.request?.postData]) if (c?.text?.length > 100) c.text = c.text.slice(0, 100);
		for (const k of ['_connectionId', '_requestId', '_initialPriority', '_priority', '_chunks', '_securityDetails', '_initiator_detail']) delete e[k];
		delete e._initiator?.stack;
		delete e.timings;
		delete e.request?.queryString;
	}
	return har;
}

// layOut writes an entry a line.
function layOut(har) {
	const {entries, ...rest} = har.log;
	return JSON.stringify({log: rest}).slice(0, -2) + ',"entries":[\n' + entries.map(e => JSON.stringify(e)).join(',\n') + '\n]}}\n';
}

// sidecar says what is right for the file: from what the pages saw and what the scenario says of the standard, as far as the file
// has what it takes.
function sidecar(recorder, scenario, {seen, har, browser}) {
	const entries = har.log.entries, fetches = [], wrong = [];
	const indexes = url => entries.flatMap((e, i) => e.request?.url?.split('#')[0] === url ? [i] : []);
	const isPreflight = e => e.request.method === 'OPTIONS';
	const answered = i => entries[i].response?.status >= 200 || entries[i].response?.headers?.length > 0;
	const used = new Set();
	const take = (list, results) => list.forEach((s, n) => {
		const saw = results?.[n];
		if (s.steps) take(s.steps, saw);
		const failed = saw === 'error' || saw === 'timeout';
		const differs = s.differs?.includes(browser);
		if (!s.skip && !s.unknown && !s.orb && !s.absent && !s.blind && failed !== Boolean(s.code && !differs)) wrong.push(`${s.url}: the page saw ${saw}, and the scenario says ${s.code ?? 'allowed'}`);
		if (!s.url || s.do === 'wait') return;
		const same = indexes(new URL(s.url).href.split('#')[0]).filter(i => !used.has(i));
		const actual = same.find(i => !isPreflight(entries[i]));
		const preflight = same.find(i => isPreflight(entries[i]));
		const index = actual ?? preflight;
		if (index === undefined || s.fails && s.unknown && answered(index)) return; // a proxy may have an answer without a server
		used.add(index);
		if (preflight !== undefined) used.add(preflight);
		const f = {entry: index, saw};
		const last = lastOf(entries, index);
		const has = (i, name) => entries[i].request.headers.some(h => h.name.toLowerCase() === name);
		const borrowed = last !== index && entries[last].response?.headers?.some(h => h.name.toLowerCase() === 'location'); // chrome-har gives the last response the headers of the redirect
		const cut = [301, 302, 303, 307, 308].includes(entries[last].response?.status); // what the redirect led to is not there
		const told = name => has(index, name);
		if (s.skip) f.verdict = 'skipped';
		else if (s.unknown) Object.assign(f, {verdict: 'undecided', or: ['allowed', 'skipped']});
		else if (s.absent) Object.assign(f, {verdict: 'undecided', or: ['blocked', 'allowed', 'skipped']});
		else if (s.hsts && entries[last].request.headers.some(h => h.name.toLowerCase() === 'origin' && h.value === 'null')) Object.assign(f, {verdict: 'undecided', or: ['allowed']}); // the server was asked otherwise than by the standard
		else if (s.code?.startsWith('preflight-') || s.code?.includes('-by-preflight') || s.code === 'authorization-not-covered-by-wildcard') {
			if (preflight !== undefined && answered(preflight)) Object.assign(f, {verdict: 'blocked', code: s.code});
			else if (differs && answered(last)) Object.assign(f, {verdict: 'allowed', or: ['undecided']}); // nothing shows the preflight
			else f.verdict = 'undecided';
		} else if (s.code) {
			if (actual !== undefined && answered(last) && (!cut || s.code.startsWith('redirect-') || s.at === 'redirect') && !borrowed) Object.assign(f, {verdict: 'blocked', code: s.code, ...(s.cookieless && (browser === 'firefox' || recorder === 'mitmproxy') ? {or: ['allowed', 'undecided']} : {})});
			else if (s.code.startsWith('redirect-') && answered(index)) Object.assign(f, {verdict: 'blocked', code: s.code});
			else Object.assign(f, {verdict: 'undecided', ...(s.code.startsWith('corp-') ? {or: ['blocked']} : {})});
		} else if (answered(last) && !cut) Object.assign(f, {verdict: 'allowed', ...(borrowed || !told('sec-fetch-mode') && !told('origin') ? {or: ['undecided']} : {})});
		else f.verdict = 'undecided';
		fetches.push(f);
	});
	scenario.visits.forEach((v, i) => {
		const document = indexes(v.url)[0];
		if (document !== undefined) fetches.push({entry: document, verdict: 'skipped', saw: 'a page'});
		if (v.steps) take(v.steps, seen[i] ?? seen[0]);
	});
	const some = v => fetches.some(f => f.verdict === v && !f.or);
	const exit = some('blocked') ? 1 : some('undecided') ? 2 : 0;
	return {wrong, side: {exit, exit_or: exit === 1 ? [] : [0, 1, 2].filter(n => n !== exit), fetches,
		why: `${scenario.name}, recorded with ${recorder} (${[har.log.creator?.name, har.log.creator?.version].join(' ')}${har.log.browser ? ', ' + har.log.browser.name + ' ' + har.log.browser.version : ''}). "saw" is what the page saw.`}};
}

// lastOf follows the redirects of an entry.
function lastOf(entries, index) {
	for (let hops = 0; hops < 20; hops++) {
		const e = entries[index], to = e.response?.redirectURL || e.response?.headers?.find(h => h.name.toLowerCase() === 'location')?.value;
		if (![301, 302, 303, 307, 308].includes(e.response?.status) || !to) return index;
		const next = entries.findIndex((n, i) => i > index && n.request.url === new URL(to, e.request.url).href && n.request.method !== 'OPTIONS');
		if (next < 0) return index;
		index = next;
	}
	return index;
}

// Of these recorders some scenarios are enough; of the others, all.
const some = {
	'chrome-har': ['simple', 'preflight', 'redirects', 'upgraded'],
	'chrome-har-capturer': ['simple', 'redirects'],
	puppeteer: ['simple', 'credentials', 'elements', 'upgraded'],
	playwright: ['simple', 'credentials', 'preflight', 'redirects', 'elements', 'embedder', 'frames', 'visits'],
	mitmproxy: ['simple', 'preflight', 'redirects', 'revalidated', 'elements', 'frames', 'sockets', 'lost'],
};

const [out, ...names] = process.argv.slice(2);
if (!out) throw new Error('usage: node record.mjs OUT [RECORDER…]');
const only = process.env.SCENARIO?.split(',');
const server = await start(hosts, process.env.PORTS?.split(',').map(Number) ?? [0], Object.assign({}, ...scenarios.map(s => s.pages)));
let failures = 0;
for (const name of names.length ? names : Object.keys(recorders)) {
	for (const scenario of scenarios) {
		if (scenario.not?.includes(name) || some[name] && !some[name].includes(scenario.name) || only && !only.includes(scenario.name)) continue;
		try {
			const recorded = await recorders[name](server, scenario);
			const har = tidy(recorded.har);
			const {wrong, side} = sidecar(name, scenario, {...recorded, har});
			const file = path.join(out, `${name}-${scenario.name}.har`);
			writeFileSync(file, layOut(har));
			writeFileSync(file + '.expected.json', JSON.stringify(side, null, 1) + '\n');
			console.log(`${name} ${scenario.name}: ${har.log.entries.length} entries${wrong.map(w => '\n   ' + w).join('')}`);
		} catch (err) {
			failures++;
			console.log(`${name} ${scenario.name}: FAILED ${err.stack}`);
		}
	}
}
server.stop();
process.exit(failures ? 1 : 0);
