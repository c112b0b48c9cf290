// happy-dom: a browser with a page for each document. Its process ends at times, because of exceptions that no page can catch;
// corspec starts it again.
import { Browser } from "happy-dom";
import pinned from "./package.json" with { type: "json" };
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

const supports = ["fetch", "xhr", "element", "no-cors", "stream", "abort", "referrer", "tls"];
drive({ name: "happy-dom", version: pinned.dependencies["happy-dom"], supports }, () => {
  const settings = { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true, enableImageFileLoading: true };
  const browser = new Browser({ settings });
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
