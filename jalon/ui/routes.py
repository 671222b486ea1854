"""The HTTP routes of the map: its bundle, and the layers that pages publish to it."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

STATIC_FOLDER = Path(__file__).parent / "static"
LAYER_BUDGET_BYTES = 256 * 2**20
GEOJSON = "application/geo+json"
MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
FOREVER = "max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Served:
    """One file ready to send: compressed once, named by the hash of its content."""

    token: str
    zipped: bytes
    media_type: str

    @classmethod
    def of(cls, content: bytes, *, media_type: str) -> "Served":
        """Return `content` compressed and named."""
        zipped = gzip.compress(content, compresslevel=5, mtime=0)
        return cls(token=token_of(content), zipped=zipped, media_type=media_type)


def token_of(content: bytes) -> str:
    """Return the name of a content: who does not know the content cannot guess its address."""
    return hashlib.sha256(content).hexdigest()


class LayerStore:
    """The layers published by the running sessions, the least used forgotten first."""

    def __init__(self, *, budget_bytes: int = LAYER_BUDGET_BYTES) -> None:
        """Keep at most `budget_bytes` of compressed layers, and always the last one."""
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[str, Served] = OrderedDict()
        self._lock = Lock()  # scripts publish from threads, routes read from the event loop

    def publish(self, content: bytes) -> str:
        """Keep `content` and return its token; the same bytes have the same token."""
        token = token_of(content)
        if self.find(token) is None:
            self._keep(Served.of(content, media_type=GEOJSON))
        return token

    def find(self, token: str) -> Served | None:
        """Return the layer called `token` and count it as just used; None when forgotten."""
        with self._lock:
            if token in self._kept:
                self._kept.move_to_end(token)
            return self._kept.get(token)

    def _keep(self, served: Served) -> None:
        with self._lock:
            self._kept[served.token] = served
            while len(self._kept) > 1 and self._total_bytes() > self._budget_bytes:
                self._kept.popitem(last=False)

    def _total_bytes(self) -> int:
        return sum(len(served.zipped) for served in self._kept.values())


STORE = LayerStore()
"""One per process: sessions showing the same layer share its bytes."""


def publish(geojson: bytes) -> str:
    """Return the URL at which the map fetches `geojson`.

    Call it at each run, even with bytes from a cache: an old layer may have been forgotten.
    """
    return f"{base_path()}/jalon/layers/{STORE.publish(geojson)}.geojson"


def static_url(name: str) -> str:
    """Return the URL of a file of the bundle; it changes with the content of the file."""
    return f"{base_path()}/jalon/static/{name}?v={_bundle()[name].token[:16]}"


def base_path() -> str:
    """Return the prefix under which Streamlit serves the application, without a last slash."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}" if prefix else ""


def map_routes() -> list[Route]:
    """Return the routes that `st.App` must carry for maps to show."""
    return [
        Route(f"{base_path()}/jalon/static/{{name}}", _send_static),
        Route(f"{base_path()}/jalon/layers/{{token}}.geojson", _send_layer),
    ]


async def _send_static(request: Request) -> Response:
    served = _bundle().get(request.path_params["name"])
    # Without its version in the address, a file may be an older one: ask again each time.
    is_versioned = served is not None and request.query_params.get("v") == served.token[:16]
    cache = f"public, {FOREVER}" if is_versioned else "no-cache"
    return _send(request, served, cache=cache)


async def _send_layer(request: Request) -> Response:
    served = STORE.find(request.path_params["token"])
    return _send(request, served, cache=f"private, {FOREVER}")


def _send(request: Request, served: Served | None, *, cache: str) -> Response:
    if served is None:
        return PlainTextResponse("Introuvable : rechargez la page de Jalon.", status_code=404)
    headers = {
        "Cache-Control": cache,
        "ETag": f'"{served.token}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if served.token in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(
            gzip.decompress(served.zipped), headers=headers, media_type=served.media_type
        )
    headers["Content-Encoding"] = "gzip"
    return Response(served.zipped, headers=headers, media_type=served.media_type)


@cache
def _bundle() -> dict[str, Served]:
    files = sorted(path for path in STATIC_FOLDER.iterdir() if path.is_file())
    return {
        path.name: Served.of(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix])
        for path in files
    }
