// node large.mjs MEGABYTES [BODY]: prints a HAR file of that size: the entries that Chromium's developer tools have recorded, over and
// over, each time of another host, with bodies of so many bytes (default 0).

import {readFileSync, readdirSync} from 'node:fs';

const [megabytes, body = '0'] = process.argv.slice(2);
if (!megabytes) throw new Error('usage: node large.mjs MEGABYTES [BODY]');
const dir = new URL('../cmd/corspec/testdata/har/', import.meta.url);
const entries = readdirSync(dir).filter(f => /^devtools-.*\.har$/.test(f)).flatMap(f => JSON.parse(readFileSync(new URL(f, dir), 'utf8')).log.entries);
const text = '<p class="a">é\n'.repeat(Math.ceil(Number(body) / 16)).slice(0, Number(body));
let size = 0;
const write = s => { size += Buffer.byteLength(s); process.stdout.write(s); };
write('{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[{"id":"page_1","title":"https://app.example/"}],"entries":[');
for (let i = 0; size < megabytes * 1e6; i++) {
	const e = structuredClone(entries[i % entries.length]);
	if (body !== '0' && e.response.content) e.response.content.text = text;
	const line = JSON.stringify(e).replaceAll('api.example', `api${Math.floor(i / entries.length)}.example`);
	write((i ? ',\n' : '\n') + line);
}
write(']}}\n');
