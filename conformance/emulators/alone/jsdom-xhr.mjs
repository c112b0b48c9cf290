// jsdom sends an XMLHttpRequest with Content-Type: application/json to another origin without a preflight.
import { createServer } from "node:http";
import { JSDOM, VirtualConsole } from "jsdom";

const server = createServer((request, response) => {
  console.log("server:", request.method, request.headers["content-type"]);
  response.end();
}).listen(0, "127.0.0.1", () => {
  const { window } = new JSDOM("", { url: "http://app.example/", virtualConsole: new VirtualConsole() });
  const xhr = new window.XMLHttpRequest();
  xhr.open("POST", `http://127.0.0.1:${server.address().port}/`);
  xhr.setRequestHeader("Content-Type", "application/json");
  xhr.onloadend = () => server.close();
  xhr.send("{}");
});
