// An application behind the CORS middleware of Express or Hono: node server.mjs FRAMEWORK CONFIG HEADERS. It prints its port.
import process from "node:process";

const [framework, config, headers] = [process.argv[2], JSON.parse(process.argv[3]), JSON.parse(process.argv[4])];
const everybody = config.origins.length === 1 && config.origins[0] === "*";
const methods = ["GET", "HEAD", "POST", ...config.methods];

async function express() {
  const { default: express } = await import("express");
  const { default: cors } = await import("cors");
  const app = express();
  app.use(cors({
    origin: everybody ? "*" : config.origins, credentials: !!config.credentials, methods,
    allowedHeaders: config.requestHeaders, exposedHeaders: config.exposeHeaders,
  }));
  for (const method of ["get", "post", "put"]) {
    app[method]("/", (request, response) => response.set(headers).send("items"));
  }
  const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

async function hono() {
  const { Hono } = await import("hono");
  const { cors } = await import("hono/cors");
  const { serve } = await import("@hono/node-server");
  const app = new Hono();
  app.use("*", cors({
    origin: everybody ? "*" : config.origins, credentials: !!config.credentials, allowMethods: methods,
    allowHeaders: config.requestHeaders, exposeHeaders: config.exposeHeaders,
  }));
  app.on(["GET", "POST", "PUT"], "/", (c) => c.text("items", 200, headers));
  serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => console.log(info.port));
}

setTimeout(() => process.exit(), 120000);
await { express, hono }[framework]();
