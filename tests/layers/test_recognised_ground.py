"""Tables of BD TOPO 3, RPG 2 and INPN are told apart by their columns alone."""

import pytest

from data.catalogue import GeometryKind, recognise

DATES = ["date_creation", "date_modification", "etat_de_l_objet"]

POLYGON, LINE, POINT, NONE = (
    GeometryKind.POLYGON,
    GeometryKind.LINE,
    GeometryKind.POINT,
    GeometryKind.NONE,
)


@pytest.mark.parametrize(
    ("columns", "kind", "dataset_id"),
    [
        (
            ["cleabs", "nature", "usage_1", "usage_2", "hauteur", "nombre_d_etages", *DATES],
            POLYGON,
            "bdtopo_batiments",
        ),
        (
            ["cleabs", "categorie", "nature", "nature_detaillee", "toponyme", "fictif", *DATES],
            POLYGON,
            "bdtopo_activites",
        ),
        (
            ["cleabs", "nature", "nature_detaillee", "toponyme", "importance", "fictif", *DATES],
            POLYGON,
            "bdtopo_equipements_de_transport",
        ),
        (
            ["cleabs", "toponyme", "statut_du_toponyme", "importance", *DATES],
            POLYGON,
            "bdtopo_postes_de_transformation",
        ),
        (
            ["cleabs", "nature", "toponyme", "statut_du_toponyme", "importance", "fictif"],
            POLYGON,
            None,  # zone d'habitation
        ),
        (
            ["cleabs", "nature", "importance", "sens_de_circulation", "cpx_numero", *DATES],
            LINE,
            "bdtopo_routes",
        ),
        (["cleabs", "nature", "electrifie", "usage", *DATES], LINE, "bdtopo_voies_ferrees"),
        (["ID_PARCEL", "CODE_CULTU", "CODE_GROUP", "SURF_PARC"], POLYGON, "rpg"),
        (["id", "code_cs", "code_us", "millesime", "artif", "crit_seuil"], POLYGON, "ocs_ge"),
        (["SITECODE", "SITENAME"], POLYGON, "inpn_natura_2000"),
        (["ID_MNHN", "NOM", "URL"], POLYGON, "inpn_sites"),
        (["id_mnhn", "nom_site", "url_fiche"], POLYGON, "inpn_sites"),
        (["ID_RTE500", "NATURE", "INSEE_COMM"], POINT, "route_500_noeuds"),
        (["code_insee", "evo espaces urbains (ha)"], NONE, None),
    ],
)
def test_a_table_is_known_by_its_columns(
    columns: list[str], kind: GeometryKind, dataset_id: str | None
) -> None:
    found = recognise(columns, kind)
    assert (found.dataset_id if found else None) == dataset_id
