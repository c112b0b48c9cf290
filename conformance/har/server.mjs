// The servers of all hosts, on one port of loopback, with and without TLS. What a URL is answered with stands in its query:
//
//   s=STATUS    h=NAME:VALUE (may be repeated)     of the response; in a value ORIGIN is the request's Origin
//   ps=STATUS   ph=NAME:VALUE                      of the response to OPTIONS
//   e=TAG                                          an ETag, and 304 with the headers nh=NAME:VALUE for who has it
//   t=KIND      b=TEXT                             html, js, css, png, woff2, json, sse, text (the default); the body
//   close                                          no response: the connection is closed

import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import crypto from 'node:crypto';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

const types = {html: 'text/html', js: 'text/javascript', css: 'text/css', png: 'image/png', woff2: 'font/woff2', json: 'application/json', sse: 'text/event-stream', text: 'text/plain'};
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

function answer(req, res) {
	const query = new URL(req.url, 'http://x/').searchParams;
	const preflight = req.method === 'OPTIONS' && req.headers['access-control-request-method'];
	if (query.has('close') && !preflight) {
		req.socket.destroy();
		return;
	}
	let status = Number(query.get(preflight ? 'ps' : 's') || (preflight ? 204 : 200));
	let lines = query.getAll(preflight ? 'ph' : 'h');
	if (query.has('e') && !preflight) {
		const tag = `"${query.get('e')}"`;
		lines.push('ETag:' + tag, 'Cache-Control:no-cache');
		if (req.headers['if-none-match'] === tag) {
			status = 304;
			lines = [...query.getAll('nh'), 'ETag:' + tag];
		}
	}
	const headers = [];
	for (const line of lines) {
		const at = line.indexOf(':');
		headers.push(line.slice(0, at), line.slice(at + 1).replaceAll('ORIGIN', req.headers.origin ?? 'none'));
	}
	const has = name => lines.some(l => l.toLowerCase().startsWith(name + ':'));
	let body = '';
	if (!preflight && status !== 304 && status !== 204) {
		const type = query.get('t') ?? 'text';
		if (!has('content-type')) headers.push('Content-Type', types[type]);
		body = query.has('b') ? query.get('b') : type === 'png' ? pixel : type === 'sse' ? 'data: x\n\n' : type === 'json' ? '{}' : '';
	}
	if (!has('cache-control') && !preflight && !query.has('e')) headers.push('Cache-Control', 'no-store');
	res.writeHead(status, headers);
	res.end(body);
}

function upgrade(req, socket) {
	if (new URL(req.url, 'http://x/').searchParams.has('refuse')) {
		socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
		return;
	}
	const accept = crypto.createHash('sha1').update(req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
	socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
	socket.on('data', () => socket.end(Buffer.from([0x88, 0x02, 0x03, 0xe8]))); // closed when the page closes
	socket.on('error', () => {});
}

// certificate makes one for the hosts, for this run alone.
function certificate(hosts) {
	const dir = mkdtempSync(path.join(tmpdir(), 'corspec-har-'));
	try {
		const at = name => path.join(dir, name);
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=corspec har',
			'-addext', 'subjectAltName=' + hosts.map(h => 'DNS:' + h).join(), '-keyout', at('key'), '-out', at('cert')], {stdio: 'ignore'});
		return {key: readFileSync(at('key')), cert: readFileSync(at('cert'))};
	} finally {
		rmSync(dir, {recursive: true});
	}
}

// start listens on the ports; each takes TLS and what is not.
export async function start(hosts, ports, pages) {
	const keys = certificate(hosts);
	const handler = (req, res) => {
		const page = pages[`${req.headers.host?.replace(/:\d+$/, '')}${req.url}`];
		if (!page) return answer(req, res);
		res.writeHead(200, {'Content-Type': 'text/html', 'Cache-Control': 'no-store', ...page.headers});
		res.end(page.html);
	};
	const plain = http.createServer(handler), secure = https.createServer(keys, handler);
	for (const s of [plain, secure]) s.on('upgrade', upgrade).on('clientError', () => {});
	const listeners = [];
	for (const port of ports) {
		const l = net.createServer(socket => {
			socket.on('error', () => {});
			socket.once('readable', () => {
				const first = socket.read();
				if (!first) return socket.destroy();
				socket.unshift(first);
				(first[0] === 22 ? secure : plain).emit('connection', socket);
			});
		});
		await new Promise((done, fail) => l.on('error', fail).listen(port, '127.0.0.1', done));
		listeners.push(l);
	}
	const spki = new crypto.X509Certificate(keys.cert).publicKey.export({type: 'spki', format: 'der'});
	return {
		ports: listeners.map(l => l.address().port),
		keyHash: crypto.createHash('sha256').update(spki).digest('base64'),
		stop() {
			for (const l of listeners) l.close();
			plain.closeAllConnections();
			secure.closeAllConnections();
		},
	};
}
