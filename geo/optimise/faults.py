"""What is wrong with a request, whatever the problem: weights, sites and rules."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from geo.optimise.arrays import Floats, few
from geo.optimise.rules import SiteRule


def weight_faults(weights: Floats) -> Iterator[str]:
    """Yield, in French, the weights that are missing or negative."""
    missing = np.flatnonzero(~np.isfinite(weights))
    if len(missing):
        yield f"poids absents ou infinis, lignes {few(missing)}"
    negative = np.flatnonzero(weights < 0)
    if len(negative):
        yield f"poids négatifs, lignes {few(negative)}"


def site_faults(
    required: Collection[int],
    forbidden: Collection[int],
    rules: Sequence[SiteRule],
    *,
    site_count: int,
) -> Iterator[str]:
    """Yield, in French, what is asked of sites that are not there, or both ways."""
    for label, sites in (("imposés", required), ("exclus", forbidden)):
        outside = sorted(site for site in sites if not 0 <= site < site_count)
        if outside:
            yield f"sites {label} absents des {site_count} candidats : {few(outside)}"
    both = sorted(set(required) & set(forbidden))
    if both:
        yield f"sites à la fois imposés et exclus : {few(both)}"
    for rule in rules:
        if rule.matrix.shape[1] != site_count:
            yield f"« {rule.name_fr} » porte sur {rule.matrix.shape[1]} sites"
