# An application behind Starlette's CORSMiddleware: python3 starlette.py CONFIG HEADERS. It prints its port.
import json
import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

config, headers = json.loads(sys.argv[1]), json.loads(sys.argv[2])


async def items(request):
    return PlainTextResponse("items", headers=headers)


app = Starlette(
    routes=[Route("/", items, methods=["GET", "POST", "PUT"])],
    middleware=[
        Middleware(
            CORSMiddleware,
            allow_origins=config["origins"],
            allow_credentials=config.get("credentials", False),
            allow_methods=["GET", "HEAD", "POST"] + config["methods"],
            allow_headers=config["requestHeaders"],
            expose_headers=config["exposeHeaders"],
        )
    ],
)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])
