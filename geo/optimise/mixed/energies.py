"""Several energies at shared sites: which site opens, and what it sells."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.errors import raise_all
from geo.optimise.arrays import Flags, Floats, Integers
from geo.optimise.plan import Plan
from geo.optimise.problem import CoverageProblem
from geo.optimise.rules import RuleKind, SiteRule


@dataclass(frozen=True, slots=True, eq=False)
class EnergyDemand:
    """What one energy asks: its demand, who serves it at its own radius, and its quota.

    `covers` has a column a site; sites that cannot sell the energy are in `forbidden`.
    """

    name_fr: str
    weights: Floats
    covers: sparse.csr_matrix
    at_least: float = 0.0
    at_most: float = np.inf
    forbidden: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """What is asked of the sites, whatever they sell.

    `count` sites open exactly (None: as the rules allow), each sells at least one energy and
    at most `most_energies`; `rules` bear on the sites.
    """

    count: int | None = None
    most_energies: int | None = None
    required: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    rules: tuple[SiteRule, ...] = ()


def energy_coverage(energies: Sequence[EnergyDemand], request: SiteRequest) -> CoverageProblem:
    """Return the problem of several energies as one coverage problem.

    Column j of the result is «site j opens», column (e + 1) m + j «site j sells energy e»:
        maximise sum_e sum_i w_ei z_ei   with   z_ei <= sum_j a^e_ij x_je,
        x_je <= open_j,   open_j <= sum_e x_je <= k open_j,   sum_j open_j = p,
        least_e <= sum_j x_je <= most_e.
    Multi-layer covering with shared facilities: Schilling, ReVelle, Cohon & Elzinga's FLEET
    models (European Journal of Operational Research 5, 1980), with quotas.
    """
    _require_alike(energies)
    site_count, energy_count = energies[0].covers.shape[1], len(energies)
    nowhere = sparse.csr_matrix((sum(each.covers.shape[0] for each in energies), site_count))
    pairs = sparse.block_diag([each.covers for each in energies])
    closed = {
        (place + 1) * site_count + site
        for place, each in enumerate(energies)
        for site in each.forbidden | request.forbidden
    }
    return CoverageProblem(
        np.concatenate([each.weights for each in energies]),
        sparse.csr_matrix(sparse.hstack([nowhere, pairs])),
        required=request.required,
        forbidden=frozenset(closed | request.forbidden),
        rules=(
            *_site_rules(request, site_count, energy_count),
            *(_quota(each, place, site_count, energy_count) for place, each in enumerate(energies)),
            *_links(request, site_count, energy_count),
        ),
    )


def energies_of(plan: Plan, *, energy_count: int, site_count: int) -> Flags:
    """Return the sites × energies table of what each site sells in `plan`."""
    chosen = np.array(plan.chosen, dtype=np.int64)
    sold = chosen[chosen >= site_count] - site_count
    table = np.zeros((site_count, energy_count), dtype=bool)
    table[sold % site_count, sold // site_count] = True
    return table


def _require_alike(energies: Sequence[EnergyDemand]) -> None:
    """Raise InputError unless there are energies, all with the same sites."""
    sizes = {each.covers.shape[1] for each in energies}
    raise_all(
        [] if len(sizes) == 1 else [f"{len(energies)} énergies, {len(sizes)} listes de sites"],
        subject="Couverture par énergie incohérente",
        hint="Donnez au moins une énergie, et les mêmes sites candidats à toutes.",
    )


def _site_rules(request: SiteRequest, site_count: int, energy_count: int) -> list[SiteRule]:
    """Return the rules of the sites, on the columns that open them."""
    rules = [_widened(rule, site_count * energy_count) for rule in request.rules]
    if request.count is not None:
        ones = sparse.csr_matrix(np.ones((1, site_count)))
        limit = np.array([float(request.count)])
        count = SiteRule(
            name_fr=f"nombre de sites : {request.count}",
            kind=RuleKind.COUNT,
            matrix=ones,
            at_least=limit,
            at_most=limit,
            subject_fr="nombre de sites",
        )
        rules.insert(0, _widened(count, site_count * energy_count))
    return rules


def _widened(rule: SiteRule, column_count: int) -> SiteRule:
    """Return `rule` with `column_count` columns more that do not matter to it."""
    filler = sparse.csr_matrix((rule.matrix.shape[0], column_count))
    return SiteRule(
        name_fr=rule.name_fr,
        kind=rule.kind,
        matrix=sparse.csr_matrix(sparse.hstack([rule.matrix, filler])),
        at_least=rule.at_least,
        at_most=rule.at_most,
        levels=rule.levels,
        subject_fr=rule.subject_fr,
        unit_fr=rule.unit_fr,
        asked=rule.asked,
    )


def _quota(energy: EnergyDemand, place: int, site_count: int, energy_count: int) -> SiteRule:
    """Limit the number of sites that sell `energy`."""
    ones = np.zeros((1, (energy_count + 1) * site_count))
    ones[0, (place + 1) * site_count : (place + 2) * site_count] = 1.0
    limits = [f"au moins {energy.at_least:g}"] if energy.at_least > 0 else []
    limits += [f"au plus {energy.at_most:g}"] if np.isfinite(energy.at_most) else []
    return SiteRule(
        name_fr=f"{energy.name_fr} : {' et '.join(limits) or 'sans limite de'} sites",
        kind=RuleKind.COUNT,
        matrix=sparse.csr_matrix(ones),
        at_least=np.array([float(energy.at_least)]),
        at_most=np.array([float(energy.at_most)]),
        subject_fr=f"nombre de sites « {energy.name_fr} »",
    )


def _links(request: SiteRequest, site_count: int, energy_count: int) -> list[SiteRule]:
    """Return what ties a site to what it sells: opened, by something, by not too much."""
    eye = sparse.csr_matrix(sparse.eye_array(site_count))
    each_sold = sparse.csr_matrix(sparse.eye_array(site_count * energy_count))
    sold = sparse.hstack([eye] * energy_count)
    opened = _link(
        "on ne vend que sur un site ouvert",
        sparse.hstack([-sparse.vstack([eye] * energy_count), each_sold]),
    )
    busy = _link("un site ouvert vend une énergie au moins", sparse.hstack([eye, -sold]))
    if request.most_energies is None:
        return [opened, busy]
    most = request.most_energies
    plural = "s" if most > 1 else ""
    few = _link(
        f"au plus {most} énergie{plural} par site", sparse.hstack([-float(most) * eye, sold])
    )
    return [opened, busy, few]


def _link(name_fr: str, matrix: sparse.csr_matrix) -> SiteRule:
    """Return the rule that every row of `matrix` sums to 0 at most."""
    rows: Integers = np.arange(matrix.shape[0])
    return SiteRule(
        name_fr=name_fr,
        kind=RuleKind.LINK,
        matrix=sparse.csr_matrix(matrix),
        at_least=np.full(len(rows), -np.inf),
        at_most=np.zeros(len(rows)),
    )
