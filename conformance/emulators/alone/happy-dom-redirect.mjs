// A server ends happy-dom's process by a redirect to a URL with a user name: the exception comes to nobody who could catch it.
import { createServer } from "node:http";
import { Browser } from "happy-dom";

const server = createServer((request, response) => {
  response.writeHead(302, { Location: "http://user@127.0.0.1/" }).end();
}).listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const page = new Browser().newPage();
  page.url = url;
  process.on("exit", (status) => console.log("exit status:", status));
  await page.mainFrame.window.fetch(url).catch((e) => console.log("rejected:", e.name));
  server.close();
});
