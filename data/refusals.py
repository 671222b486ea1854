"""Why a table that Jalon knows is not read: what it says, and what to import instead."""

from collections.abc import Iterable

UNKNOWN_FR = "table non reconnue"

REASONS_FR = {
    frozenset({"codeprocedure", "libelleprocedure", "typeprocedure"}): (
        "fiche de la procédure, sans commune ni contour : les zones et le périmètre du plan "
        "portent déjà son code"
    ),
    frozenset({"adresse", "codeprocedure", "typereference"}): (
        "liens vers les pièces écrites du plan : rien à cartographier"
    ),
    frozenset({"gb_ident", "idu", "tex2"}): (
        "contour de commune du cadastre : Jalon lit les communes d'ADMIN EXPRESS"
    ),
    frozenset({"gb_ident", "gb_idnum", "tex10"}): (
        "tracé du cadastre (voies, cours d'eau) sans classe ni usage : prenez la BD TOPO"
    ),
    frozenset({"nomtroncon", "largeursec", "categorieb"}): (
        "classement sonore d'une infrastructure : il règle l'isolation des logements, non "
        "l'implantation d'une activité"
    ),
    frozenset({"id", "prec_plani", "regime"}): (
        "eaux de la BD TOPO : Jalon lit le risque d'inondation dans les plans de prévention"
    ),
    frozenset({"code_insee", "statut", "arrondisst"}): (
        "communes d'un ancien référentiel : Jalon lit celles d'ADMIN EXPRESS"
    ),
    frozenset({"code_insee", "evo espaces urbains (ha)"}): (
        "évolution de l'occupation du sol d'une autre méthode que les fichiers fonciers : elle "
        "ne s'ajoute pas aux comptes ENAF du Cerema"
    ),
}
"""By the columns (lower case) that give a table away."""


def refusal_fr(columns: Iterable[str]) -> str:
    """Return why a table of `columns` is not read; that it is unknown when nothing more is."""
    present = {column.casefold() for column in columns}
    return next((text for known, text in REASONS_FR.items() if known <= present), UNKNOWN_FR)
