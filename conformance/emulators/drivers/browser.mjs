// A real browser, driven by puppeteer: node browser.mjs chrome|firefox EXECUTABLE. A session is a browser context.
import puppeteer from "puppeteer-core";
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

const [, , kind, executablePath] = process.argv;
const args = kind === "chrome" && process.getuid?.() === 0 ? ["--no-sandbox"] : [];
// At the end of a pipe Chromium ends, however this process does.
const browser = await puppeteer.launch({ browser: kind, executablePath, args, acceptInsecureCerts: true, pipe: kind === "chrome" });
const [name, version] = (await browser.version()).split("/");
process.on("exit", () => browser.process()?.kill());

// Over HTTP/1.1, no browser sends a stream.
drive({ name, version, supports: ["fetch", "xhr", "element", "no-cors", "abort", "referrer", "tls"], concurrency: 4 }, async () => {
  const context = await browser.createBrowserContext();
  const pages = new Map();
  const open = async (url, tries = 5) => {
    try {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    } catch (e) {
      if (tries > 1) return open(url, tries - 1); // Firefox may say that the frame of a new page is gone
      throw e;
    }
  };
  return {
    async fetch(q) {
      if (!pages.has(q.pageURL)) pages.set(q.pageURL, open(q.pageURL));
      return (await pages.get(q.pageURL)).evaluate(inPage, q);
    },
    close: () => context.close(),
  };
});
