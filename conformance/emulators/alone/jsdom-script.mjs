// jsdom runs a script with crossorigin although the response has no Access-Control-Allow-Origin, and sends no Origin for it.
import { createServer } from "node:http";
import { JSDOM } from "jsdom";

const server = createServer((request, response) => {
  console.log("Origin:", request.headers.origin);
  response.end("window.ran = true");
}).listen(0, "127.0.0.1", () => {
  const src = `http://127.0.0.1:${server.address().port}/`;
  const { window } = new JSDOM(`<script crossorigin src="${src}"></script>`, { url: "http://app.example/", resources: "usable", runScripts: "dangerously" });
  window.addEventListener("load", () => {
    console.log("the script ran:", window.ran === true);
    server.close();
  });
});
