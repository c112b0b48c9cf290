// A real browser, driven by puppeteer: node browser.mjs chrome|firefox EXECUTABLE. A session is a browser context.
import puppeteer from "puppeteer-core";
import { drive, elementInPage, fetchInPage, xhrInPage } from "./protocol.mjs";

const [, , kind, executablePath] = process.argv;
const args = kind === "chrome" && process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await puppeteer.launch({ browser: kind, executablePath, args, acceptInsecureCerts: true });
const [name, version] = (await browser.version()).split("/");
process.on("exit", () => browser.process()?.kill());

drive({ name, version, supports: ["fetch", "xhr", "element", "no-cors", "abort", "referrer", "tls"], concurrency: 4 }, async () => {
  const context = await browser.createBrowserContext();
  const pages = new Map();
  const open = async (url) => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  return {
    async fetch(q) {
      if (q.init?.body?.stream) return { unsupported: true }; // over HTTP/1.1 no browser sends a stream
      if (!pages.has(q.pageURL)) pages.set(q.pageURL, open(q.pageURL));
      const page = await pages.get(q.pageURL);
      return page.evaluate(q.via === "fetch" ? fetchInPage : q.via === "xhr" ? xhrInPage : elementInPage, q);
    },
    close: () => context.close(),
  };
});
