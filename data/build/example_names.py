"""Names of the invented communes: none is the name of a commune of France (COG 2026)."""

from itertools import product
from typing import Final

import numpy as np

CAPITAL: Final = "Jalonne"

CHOSEN: Final = (
    *(CAPITAL, "Valmorne", "Brumeval", "Fontargent", "Saint-Orvan", "Clairgève", "Aubrelle"),
    *("Merveuil", "Castelune", "Rochevive", "Virelles", "Brécourt-en-Jalonne", "Mirandelle"),
    *("Lormeval", "Épinelle", "Montgrive", "Beaucrin", "Sorvigny", "Courtamble", "Joncheval"),
    *("Pierrelaure", "Saint-Elvin", "Vernoise", "Ravelange", "Grandvaume", "Ambrecourt"),
    *("Noiselle", "Charmeuse", "Fougerive", "Valdorcy", "Maurelande", "Ormeval", "Belorme"),
)

_HEADS: Final = (
    *("Ambre", "Auber", "Brume", "Castel", "Clair", "Corne", "Espar", "Ferre", "Font", "Garde"),
    *("Grive", "Houle", "Jonche", "Laure", "Lune", "Maur", "Merle", "Mir", "Mont", "Noi"),
    *("Orme", "Pierre", "Rave", "Roche", "Sor", "Tour", "Val", "Vern", "Vire"),
)
_TAILS: Final = (
    *("bise", "corme", "crin", "dorne", "fauve", "gève", "laure", "leuse", "lorme", "mandre"),
    *("mince", "morne", "noise", "orbe", "range", "reuse", "rosme", "saule", "sille", "sornay"),
    *("tambre", "tilleul", "vaume", "velle", "vierge"),
)
_PLACES: Final = ("", "-la-Haute", "-la-Basse")


def commune_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different names; the capital first, chosen ones, then composed ones."""
    composed = [head + tail + place for place, head, tail in product(_PLACES, _HEADS, _TAILS)]
    others = [name for name in composed if name not in CHOSEN]
    shuffled = [CHOSEN[i] for i in 1 + rng.permutation(len(CHOSEN) - 1)]
    return [CAPITAL, *shuffled, *others][:count]
