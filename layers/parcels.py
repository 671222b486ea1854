"""Parcels of the cadastre, under their canonical 14-character identifier."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.issues import Action, Issue, issue_if, rows_where
from geo.errors import InputError
from layers.base import Context, Layer, Normalised, Role, number_column, text_column
from layers.codes import whole_communes

IDU_PATTERN = r"[0-9AB]{5}\d{3}[0-9A-Z]{2}\d{4}"
"""INSEE code (5), prefix (3), section (2), number (4), as etalab/cadastre builds it."""

IDU_WITHOUT_DEPARTEMENT_LENGTH = 12


def commune_of(parcel_ids: pd.Series) -> pd.Series:
    """Return the INSEE code of the commune (COG) of each parcel; an arrondissement is none."""
    return whole_communes(parcel_ids.astype("string").str[:5])


def normalise(raw: pd.DataFrame, context: Context) -> Normalised:
    """Return one row a parcel; a parcel without a well-formed identifier is set aside.

    The area kept beside the geometry is the cadastre's own (`contenance`), which may
    differ from the drawing; 0 and absent both read as missing.
    """
    idu, completed = _idu(raw, context)
    official_m2, area_issues = _official_area_m2(raw)
    named = idu.str.fullmatch(IDU_PATTERN).fillna(value=False).astype(bool)
    table = raw.assign(
        parcel_id=idu,
        commune=commune_of(idu),
        prefix=idu.str[5:8],
        section=idu.str[8:10],
        number=idu.str[10:14],
        official_area_m2=official_m2,
    )
    issues = (
        *issue_if(
            rows_where(raw, completed & named),
            "PAR-DEP",
            Action.REPAIRED,
            "Identifiant sans département : complété d'après la commune où se trouve la parcelle.",
        ),
        *issue_if(
            rows_where(raw, ~named),
            "PAR-IDU",
            Action.SET_ASIDE,
            "Identifiant de parcelle absent, mal formé, ou de département inconnu.",
        ),
        *area_issues,
    )
    return Normalised(table[named], issues)


def _official_area_m2(raw: pd.DataFrame) -> tuple[pd.Series, tuple[Issue, ...]]:
    message = "Contenance absente ou nulle : la surface vient du dessin."
    if "official_area_m2" not in raw:
        nowhere = pd.Series(np.nan, index=raw.index)
        return nowhere, (Issue("PAR-CONTENANCE", Action.NOTED, message),)
    area_m2 = pd.to_numeric(raw["official_area_m2"], errors="coerce")
    positive_m2 = area_m2.where(area_m2 > 0)
    rows = rows_where(raw, positive_m2.isna())
    return positive_m2, issue_if(rows, "PAR-CONTENANCE", Action.NOTED, message)


def _idu(raw: pd.DataFrame, context: Context) -> tuple[pd.Series, pd.Series]:
    """Return the 14-character identifiers and the mask of those whose département was added."""
    if "code_dep" in raw:
        widths = {"code_dep": 2, "code_com": 3, "com_abs": 3, "section": 2, "numero": 4}
        parts = pd.DataFrame({name: _padded(raw[name], width) for name, width in widths.items()})
        idu = parts["code_dep"].str.cat(parts.drop(columns="code_dep"))
    else:
        idu = raw["idu"].astype("string").str.strip()
    short = (idu.str.len() == IDU_WITHOUT_DEPARTEMENT_LENGTH).fillna(value=False).astype(bool)
    if short.any():
        suffixes = idu[short].str[:3]
        departement = _departements(raw[short], suffixes, context)
        idu = idu.where(~short, suffixes.map(departement).reindex(idu.index) + idu)
    return idu, short


def _padded(codes: pd.Series, width: int) -> pd.Series:
    """Return section «B» as «0B», number «12» as «0012»."""
    return codes.astype("string").str.strip().str.zfill(width)


def _departements(parcels: pd.DataFrame, suffixes: pd.Series, context: Context) -> dict[str, str]:
    """Return the département of each three-digit commune code (`suffixes`) of the parcels.

    It is that of the commune of this code where most of its parcels lie.
    """
    found: dict[str, str] = {}
    if isinstance(parcels, gpd.GeoDataFrame) and context.communes is not None:
        points = shapely.point_on_surface(parcels.geometry.to_numpy())
        tree = shapely.STRtree(context.communes.geometry.to_numpy())
        of_parcel, of_commune = tree.query(points, predicate="within")
        votes = pd.DataFrame(
            {
                "suffix": suffixes.to_numpy()[of_parcel],
                "insee": context.communes["insee"].to_numpy()[of_commune],
            }
        ).astype(str)
        fitting = votes[votes["insee"] == commune_of(votes["insee"].str[:2] + votes["suffix"])]
        modes = fitting.groupby("suffix")["insee"].agg(lambda codes: codes.mode().iloc[0])
        found = {str(suffix): str(code)[:2] for suffix, code in modes.items()}
    if not found:
        raise InputError(
            "Les identifiants de parcelles n'ont pas de département et aucune commune connue "
            "ne se trouve à cet endroit.",
            "Importez d'abord les communes du secteur (ADMIN EXPRESS), puis relancez.",
        )
    return found


LAYER = Layer(
    layer_id="parcels",
    title_fr="Parcelles cadastrales",
    role=Role.LAND,
    key="parcel_id",
    columns={
        "parcel_id": text_column(nullable=False, pattern=f"^{IDU_PATTERN}$"),
        "commune": text_column(nullable=False),
        "prefix": text_column(nullable=False),
        "section": text_column(nullable=False),
        "number": text_column(nullable=False),
        "official_area_m2": number_column(minimum=0),
    },
    normalise=normalise,
)
