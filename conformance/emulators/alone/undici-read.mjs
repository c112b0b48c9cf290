// undici, told its origin, sends PUT without a preflight, and lets it be read although the response allows nobody.
import { createServer } from "node:http";
import { fetch, setGlobalOrigin } from "undici";

const server = createServer((request, response) => {
  console.log("server:", request.method, request.headers.origin);
  response.end("secret");
}).listen(0, "127.0.0.1", async () => {
  setGlobalOrigin(new URL("http://app.example/"));
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: "PUT" });
  console.log("page:", response.type, await response.text());
  server.close();
});
