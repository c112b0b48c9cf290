"use strict";
(() => {
	const fetches = [...document.querySelectorAll(".fetch")];
	const form = document.querySelector(".filters");
	const of = document.querySelector("main").id; // requests, or findings
	const [shown, none] = [form.querySelector(".shown"), document.querySelector(".none")];

	// The filters are of use if there is more than one.
	const filter = () => {
		const outcomes = new Set([...form.querySelectorAll("[name=outcome]:checked")].map(box => box.value));
		const host = form.elements.host.value;
		const text = form.elements.text.value.trim().toLowerCase();
		let count = 0;
		for (const f of fetches) {
			const fits = outcomes.has(f.dataset.outcome) && (host === "" || f.dataset.host === host) &&
				(text === "" || f.firstElementChild.textContent.toLowerCase().includes(text));
			f.hidden = !fits;
			count += fits;
		}
		shown.textContent = count === fetches.length ? `${count} ${of}` : `${count} of ${fetches.length} ${of}`;
		none.hidden = count > 0;
	};
	if (fetches.length > 1) {
		const hosts = new Map();
		for (const f of fetches)
			if (f.dataset.host !== "")
				hosts.set(f.dataset.host, (hosts.get(f.dataset.host) || 0) + 1);
		for (const [host, count] of [...hosts].sort(([a], [b]) => a < b ? -1 : 1))
			form.elements.host.append(new Option(`${host} (${count})`, host));
		form.elements.host.parentElement.hidden = hosts.size < 2;
		form.hidden = false;
		form.addEventListener("input", filter);
		form.addEventListener("submit", event => event.preventDefault());
		filter();
	}

	// An address such as #r7 opens that one.
	const open = () => {
		const f = /^#r\d+$/.test(location.hash) && document.querySelector(location.hash);
		if (f) {
			f.hidden = false;
			f.open = true;
			f.scrollIntoView();
		}
	};
	addEventListener("hashchange", open);
	open();

	for (const box of document.querySelectorAll(".copy")) {
		const [pre, button] = box.children;
		button.hidden = false;
		button.addEventListener("click", async () => {
			try {
				await navigator.clipboard.writeText(pre.textContent);
			} catch {
				getSelection().selectAllChildren(pre);
				document.execCommand("copy");
			}
			button.textContent = "Copied";
			setTimeout(() => { button.textContent = "Copy"; }, 1500);
		});
	}

	// What is closed cannot be read on paper.
	let closed = [];
	addEventListener("beforeprint", () => {
		closed = [...document.querySelectorAll("details:not([open])")];
		for (const d of closed)
			d.open = true;
	});
	addEventListener("afterprint", () => {
		for (const d of closed)
			d.open = false;
	});
})();
