// What runs in the pages: the steps, one after the other. Each tells what the page saw.
async function step(s) {
	const event = (target, yes, no) => new Promise(done => {
		for (const name of yes) target.addEventListener(name, () => done(name));
		for (const name of no) target.addEventListener(name, () => done('error'));
		setTimeout(() => done('timeout'), 5000);
	});
	const element = async (name, attributes) => {
		const e = document.createElement(name);
		for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
		const seen = event(e, ['load', 'loadedmetadata'], ['error']);
		document.head.append(e);
		return seen;
	};
	const {url} = s;
	switch (s.do ?? 'fetch') {
	case 'fetch':
		try {
			const init = {...s.init};
			if (s.abort) {
				const c = new AbortController();
				init.signal = c.signal;
				setTimeout(() => c.abort(), 100);
			}
			const r = await fetch(url, init);
			await r.text();
			return `${r.type} ${r.status}`;
		} catch {
			return 'error';
		}
	case 'xhr': {
		const x = new XMLHttpRequest();
		x.open(s.method ?? 'GET', url);
		x.withCredentials = Boolean(s.credentials);
		if (s.upload) x.upload.onprogress = () => {};
		for (const [k, v] of Object.entries(s.headers ?? {})) x.setRequestHeader(k, v);
		const seen = event(x, ['load'], ['error', 'abort']);
		x.send(s.body ?? null);
		return seen;
	}
	case 'image': return element('img', {src: url, ...s.attributes});
	case 'script': return element('script', {src: url, ...s.attributes});
	case 'style': return element('link', {rel: 'stylesheet', href: url, ...s.attributes});
	case 'link': return element('link', {href: url, ...s.attributes});
	case 'font':
		try {
			await new FontFace('f' + Math.random(), `url(${JSON.stringify(url)})`).load();
			return 'load';
		} catch (e) {
			return e.name === 'NetworkError' ? 'error' : 'load'; // that the bytes are not a font is another matter
		}
	case 'beacon': return navigator.sendBeacon(url, s.body ?? 'x') ? 'sent' : 'error';
	case 'sse': {
		const e = new EventSource(url, {withCredentials: Boolean(s.credentials)});
		const seen = await event(e, ['open'], ['error']);
		e.close();
		return seen;
	}
	case 'socket': {
		const w = new WebSocket(url);
		const seen = await event(w, ['open'], ['error']);
		w.close();
		return seen;
	}
	case 'frame': {
		const f = document.createElement('iframe');
		if (s.sandbox !== undefined) f.sandbox = s.sandbox;
		const seen = new Promise(done => {
			addEventListener('message', e => e.source === f.contentWindow && done(e.data));
			setTimeout(() => done('timeout'), 10000);
		});
		f.src = url;
		document.body.append(f);
		return seen;
	}
	case 'worker': {
		const w = new Worker(url);
		const seen = new Promise(done => {
			w.onmessage = e => done(e.data);
			w.onerror = () => done('error');
			setTimeout(() => done('timeout'), 10000);
		});
		w.postMessage(s.steps);
		return seen;
	}
	case 'service worker': {
		await navigator.serviceWorker.register(url);
		await navigator.serviceWorker.ready;
		if (!navigator.serviceWorker.controller) await event(navigator.serviceWorker, ['controllerchange'], []);
		return 'ready';
	}
	case 'form': {
		const frame = document.createElement('iframe');
		frame.name = 'target';
		document.body.append(frame);
		const form = document.createElement('form');
		Object.assign(form, {method: 'POST', action: url, target: 'target'});
		document.body.append(form);
		const seen = event(frame, ['load'], ['error']);
		form.submit();
		return seen;
	}
	case 'wait':
		await new Promise(done => setTimeout(done, s.ms));
		return 'waited';
	}
	return 'unknown step';
}

async function steps(list) {
	const seen = [];
	for (const s of list) seen.push(await step(s));
	return seen;
}
