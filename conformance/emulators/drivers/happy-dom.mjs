// happy-dom: a browser with a page for each document.
import { Browser } from "happy-dom";
import pinned from "./package.json" with { type: "json" };
import { drive, inPage } from "./protocol.mjs";

drive({ name: "happy-dom", version: pinned.dependencies["happy-dom"], supports: ["fetch", "xhr", "element", "no-cors", "stream", "abort", "referrer"] }, () => {
  const browser = new Browser({ settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true } });
  const pages = new Map();
  return {
    fetch(q) {
      if (!pages.has(q.pageURL)) {
        const page = browser.newPage();
        page.url = q.pageURL;
        pages.set(q.pageURL, page.mainFrame.window);
      }
      return inPage(q, pages.get(q.pageURL));
    },
    close: () => browser.close(),
  };
});
