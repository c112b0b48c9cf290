// happy-dom shows a page a header of another origin's response that is not exposed to it.
import { createServer } from "node:http";
import { Browser } from "happy-dom";

const server = createServer((request, response) => {
  response.writeHead(200, { "Access-Control-Allow-Origin": "*", "X-Secret": "seen" }).end();
}).listen(0, "127.0.0.1", async () => {
  const browser = new Browser();
  const page = browser.newPage();
  page.url = "http://app.example/";
  const response = await page.mainFrame.window.fetch(`http://127.0.0.1:${server.address().port}/`);
  console.log("X-Secret:", response.headers.get("X-Secret"));
  await browser.close();
  server.close();
});
