"""The routes of the map: what is published is found again, compressed, and nothing else."""

import asyncio
import gzip
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette

from jalon.ui.routes import STORE, LayerStore, map_routes, publish, static_url

SQUARES = b'{"type": "FeatureCollection", "features": []}'


@dataclass(frozen=True)
class Answer:
    """What a browser would get, its body as sent."""

    status_code: int
    headers: dict[str, str]
    body: bytes


def get(url: str, **headers: str) -> Answer:
    """Ask the routes for `url` as a server would, without a socket."""
    path, _, query = url.partition("?")
    sent: list[MutableMapping[str, Any]] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
    }

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Starlette(routes=map_routes())(scope, receive, send))
    start, *parts = sent
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], named, b"".join(part.get("body", b"") for part in parts))


def test_a_published_layer_comes_back_byte_for_byte() -> None:
    answer = get(publish(SQUARES))
    assert answer.body == SQUARES
    assert answer.headers["content-type"] == "application/geo+json"


def test_a_layer_travels_compressed_only_to_who_reads_gzip() -> None:
    zipped = get(publish(SQUARES), accept_encoding="gzip, br")
    plain = get(publish(SQUARES), accept_encoding="identity")
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(zipped.body) == plain.body == SQUARES


def test_the_same_bytes_have_the_same_address() -> None:
    assert publish(SQUARES) == publish(bytes(SQUARES))
    assert publish(SQUARES) != publish(SQUARES + b" ")


def test_an_unknown_layer_is_a_404_in_french() -> None:
    answer = get("/jalon/layers/inconnu.geojson")
    assert answer.status_code == 404
    assert answer.body.decode().startswith("Introuvable")


def test_a_browser_that_has_the_layer_is_not_sent_it_again() -> None:
    tag = get(publish(SQUARES)).headers["etag"]
    answer = get(publish(SQUARES), if_none_match=tag)
    assert (answer.status_code, answer.body) == (304, b"")


def test_the_bundle_is_kept_forever_under_the_address_that_names_its_content() -> None:
    versioned = get(static_url("map.js"))
    bare = get("/jalon/static/map.js")
    assert "immutable" in versioned.headers["cache-control"]
    assert bare.headers["cache-control"] == "no-cache"
    assert versioned.headers["x-content-type-options"] == "nosniff"
    assert versioned.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "name", ["routes.py", "../routes.py", "leaflet", "leaflet/leaflet.js", "/etc/passwd"]
)
def test_only_the_files_of_the_bundle_are_served(name: str) -> None:
    assert get(f"/jalon/static/{name}").status_code == 404


def test_the_layer_used_the_longest_ago_is_forgotten_first() -> None:
    size = len(gzip.compress(b"premier", compresslevel=5, mtime=0))
    store = LayerStore(budget_bytes=2 * size)
    first, second = store.publish(b"premier"), store.publish(b"seconde")
    store.find(first)
    third = store.publish(b"dernier")
    kept = [store.find(token) is not None for token in (first, second, third)]
    assert kept == [True, False, True]


def test_a_layer_larger_than_the_budget_is_still_kept_for_its_own_page() -> None:
    store = LayerStore(budget_bytes=1)
    assert store.find(store.publish(SQUARES)) is not None


def test_the_store_of_the_process_is_the_one_the_routes_read() -> None:
    token = STORE.publish(b"partage")
    assert get(f"/jalon/layers/{token}.geojson").body == b"partage"
