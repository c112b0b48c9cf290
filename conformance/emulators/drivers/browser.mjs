// A real browser, driven by puppeteer: node browser.mjs chrome|firefox EXECUTABLE. A session has a browser context for itself.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { drive } from "./protocol.mjs";
import { inPage } from "./page.mjs";

const [, , kind, executablePath] = process.argv;
const args = kind === "chrome" && process.getuid?.() === 0 ? ["--no-sandbox"] : [];
// Firefox drops a preflight if it has a record of the host's address that is newer. It looks for one of each family, and
// that alone makes one of a host that is an address. So these hosts have one family.
const extraPrefsFirefox = { "network.dns.ipv4OnlyDomains": "127.0.0.1,127.0.0.2" };
const userDataDir = mkdtempSync(join(tmpdir(), "corspec-browser-"));
// However this process ends, its end of this pipe is closed then: the browser, which alone has the folder in its command,
// is ended, and the folder removed.
const end = 'cat; pkill -KILL -f "$PROFILE"; sleep 1; rm -rf "$PROFILE"';
const env = { ...process.env, PROFILE: userDataDir };
spawn("sh", ["-c", end], { env, detached: true, stdio: ["pipe", "ignore", "ignore"] }).unref();
const browser = await puppeteer.launch({ browser: kind, executablePath, args, extraPrefsFirefox, userDataDir, acceptInsecureCerts: true, pipe: kind === "chrome" });
const [name, version] = (await browser.version()).split("/");

const free = []; // contexts of sessions that are closed, with their pages
// Over HTTP/1.1, no browser sends a stream.
drive({ name, version, supports: ["fetch", "xhr", "element", "no-cors", "abort", "referrer", "tls"], concurrency: 4 }, async () => {
  const { context, idle } = free.pop() ?? { context: await browser.createBrowserContext(), idle: [] };
  const pages = new Map();
  const open = async (url, tries = 5) => {
    try {
      const page = idle.pop() ?? (await context.newPage());
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
    // A context without cookies is as good as new: preflights are kept by URL, and no session has one of another's.
    async close() {
      if ((await context.cookies()).length > 0) return context.close();
      free.push({ context, idle: [...idle, ...(await Promise.all(pages.values()))] });
    },
  };
});
