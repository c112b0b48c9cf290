// jsdom, whose pages have XMLHttpRequest and elements, and no fetch().
import { CookieJar, JSDOM, VirtualConsole } from "jsdom";
import pinned from "./package.json" with { type: "json" };
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

drive({ name: "jsdom", version: pinned.dependencies.jsdom, supports: ["xhr", "element", "abort", "tls"] }, () => {
  const cookieJar = new CookieJar();
  const pages = new Map();
  return {
    fetch(q) {
      if (q.via.element === "img") return { unsupported: true }; // images need another package
      if (!pages.has(q.pageURL)) {
        const options = { url: q.pageURL, cookieJar, resources: "usable", runScripts: "dangerously", virtualConsole: new VirtualConsole() };
        pages.set(q.pageURL, new JSDOM("", options).window);
      }
      return inPage(q, pages.get(q.pageURL));
    },
    close: () => pages.forEach((page) => page.close()),
  };
});
