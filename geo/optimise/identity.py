"""The fingerprint of an instance: the same question has the same one, on any machine."""

import hashlib
from collections.abc import Iterable

import numpy as np
from scipy import sparse

from geo.optimise.arrays import Floats, Integers
from geo.optimise.problem import Coverage, CoverageProblem, CoveringProblem
from geo.optimise.reach import Reach
from geo.optimise.rules import SiteRule

Part = Floats | Integers | sparse.csr_matrix | Reach | str | float | None
"""What a fingerprint can hold."""


def coverage_hash(problem: Coverage) -> str:
    """Return the fingerprint of a covering problem, whatever is asked of its coverage."""
    shared = (problem.weights, problem.covers, problem.row_needs, problem.row_items)
    asked: tuple[Part, ...] = ()
    if isinstance(problem, CoverageProblem):
        asked = ("maximise", problem.count)
    elif isinstance(problem, CoveringProblem):
        asked = ("minimise", problem.share, problem.site_costs)
    return instance_hash(*shared, *asked, *site_parts(problem))


def site_parts(problem: Coverage) -> Iterable[Part]:
    """Yield what is asked of the sites, in an order of its own."""
    yield np.array(sorted(problem.required), dtype=np.int64)
    yield np.array(sorted(problem.forbidden), dtype=np.int64)
    yield from rule_parts(problem.rules)


def rule_parts(rules: Iterable[SiteRule]) -> Iterable[Part]:
    """Yield what rules ask, names included."""
    for rule in rules:
        yield from (rule.name_fr, rule.matrix, rule.at_least, rule.at_most)


def instance_hash(*parts: Part) -> str:
    """Return 64 hexadecimal digits (SHA-256) of arrays and values, in the order given.

    Arrays are hashed as little-endian 8-byte numbers with their length before them, so that
    neither the platform nor a boundary between two arrays can blur the answer.
    """
    digest = hashlib.sha256()
    for part in parts:
        for block in _blocks(part):
            digest.update(len(block).to_bytes(8, "little"))
            digest.update(block)
    return digest.hexdigest()


def _blocks(part: Part) -> Iterable[bytes]:
    """Yield the bytes of one part."""
    if isinstance(part, Reach):
        for array in (part.start, part.sites, part.distances, part.beyond):
            yield _little_endian(array)
        yield str(part.site_count).encode()
    elif sparse.issparse(part):
        for stored in (part.indptr, part.indices, part.data):
            yield _little_endian(stored)
        yield repr(part.shape).encode()
    elif isinstance(part, np.ndarray):
        yield _little_endian(part)
    else:
        yield repr(part).encode()


def _little_endian(array: np.ndarray) -> bytes:
    kind = "<f8" if array.dtype.kind == "f" else "<i8"
    return np.ascontiguousarray(array, dtype=kind).tobytes()
