"""How each layer looks: colours colour-blind readers tell apart, and a pattern beside them."""

from dataclasses import dataclass, field

from jalon.ui.parcel_map import ColourBy, LayerStyle, LegendEntry, MapKind, Pattern
from jalon.ui.project_text_fr import CLASS_COLOURS
from jalon.ui.text_fr import ANSWERS, NEARLY, STATUS_COLOURS, TO_VERIFY
from jalon.zan.land_class import LandClass
from layers.risks import Regulation


@dataclass(frozen=True, slots=True)
class MapStyle:
    """The look of one layer and whether a click on it says something."""

    title_fr: str
    kind: MapKind
    style: LayerStyle = field(default_factory=LayerStyle)
    legend: tuple[LegendEntry, ...] = ()
    is_clickable: bool = False


SITE_PATTERNS = {
    "mobilisable sous conditions": Pattern.HATCHED,
    "indéterminé": Pattern.DOTTED,
}

KEPT_COLOURS = {name: c for name, c in STATUS_COLOURS.items() if name != "non disponible"}

ASSEMBLIES_TITLE = "Assemblages (contour tireté)"

DARK = "#1f2933"

ANSWER_COLOURS = {ANSWERS: "#009e73", TO_VERIFY: "#56b4e9", NEARLY: "#cc79a7"}

RISK_COLOURS = {
    Regulation.FORBIDDEN.value: "#a8324a",
    Regulation.CONDITIONAL.value: "#56a3d9",
    Regulation.UNKNOWN.value: "#7d5ba6",
    Regulation.HAZARD_ONLY.value: "#b9c7d6",
}

COVERED = "couverte"
UNCOVERED = "non couverte"

MAP_STYLES = {
    "communes": MapStyle(
        "Communes",
        MapKind.LINE,
        LayerStyle(colour="#5b6670", line_width_px=1.2),
    ),
    "departements": MapStyle(
        "Départements",
        MapKind.LINE,
        LayerStyle(colour="#5b6670", line_width_px=1.2),
    ),
    "zoning": MapStyle(
        "Zones économiques du PLU",
        MapKind.FILL,
        LayerStyle(colour="#7a5c99", fill_opacity_share=0.12, outline_width_px=1.5),
    ),
    "risks": MapStyle(
        "Zones de risques",
        MapKind.FILL,
        LayerStyle(
            colour_by=ColourBy(
                "regulation", RISK_COLOURS, {Regulation.FORBIDDEN.value: Pattern.HATCHED}
            ),
            fill_opacity_share=0.35,
        ),
    ),
    "roads": MapStyle("Routes", MapKind.LINE, LayerStyle(colour="#9a8f80", line_width_px=1.5)),
    "rejected": MapStyle(
        "Parcelles écartées",
        MapKind.FILL,
        LayerStyle(
            colour=STATUS_COLOURS["non disponible"],
            fill_opacity_share=0.25,
            outline_colour="#b5aea3",
            outline_width_px=0.5,
        ),
        is_clickable=True,
    ),
    "sites": MapStyle(
        "Sites retenus",
        MapKind.FILL,
        LayerStyle(
            colour_by=ColourBy("status", KEPT_COLOURS, SITE_PATTERNS),
            fill_opacity_share=0.55,
            outline_width_px=1.5,
        ),
        is_clickable=True,
    ),
    "assemblies": MapStyle(
        ASSEMBLIES_TITLE,
        MapKind.FILL,
        LayerStyle(
            colour_by=ColourBy("status", KEPT_COLOURS, SITE_PATTERNS),
            fill_opacity_share=0.55,
            outline_colour=DARK,
            outline_width_px=2.5,
            dash=(3, 2),
        ),
        legend=(LegendEntry(ASSEMBLIES_TITLE, "#ffffff"),),
        is_clickable=True,
    ),
    "friches": MapStyle(
        "Friches sans parcelle importée",
        MapKind.CIRCLE,
        LayerStyle(colour="#6b4a1f", radius_px=5),
        is_clickable=True,
    ),
    "answers": MapStyle(
        "Cahier des charges",
        MapKind.FILL,
        LayerStyle(
            colour_by=ColourBy(
                "group",
                ANSWER_COLOURS,
                {TO_VERIFY: Pattern.DOTTED, NEARLY: Pattern.HATCHED},
            ),
            fill_opacity_share=0.5,
            outline_width_px=2.5,
        ),
        is_clickable=True,
    ),
    "pieces": MapStyle(
        "Projet : occupation réelle",
        MapKind.FILL,
        LayerStyle(
            colour_by=ColourBy(
                "land_class",
                CLASS_COLOURS,
                {
                    LandClass.URBANISED.value: Pattern.HATCHED,
                    LandClass.UNKNOWN.value: Pattern.DOTTED,
                },
            ),
            fill_opacity_share=0.7,
            outline_colour=DARK,
        ),
    ),
    "coverage": MapStyle(
        "Communes desservies",
        MapKind.FILL,
        LayerStyle(
            colour_by=ColourBy(
                "state",
                {COVERED: "#8ec1dd", UNCOVERED: "#d55e00"},
                {UNCOVERED: Pattern.HATCHED},
            ),
            fill_opacity_share=0.45,
            outline_colour="#ffffff",
            outline_width_px=0.4,
        ),
        is_clickable=True,
    ),
    "existing": MapStyle(
        "Stations existantes",
        MapKind.CIRCLE,
        LayerStyle(
            colour_by=ColourBy("origin", {"existante": DARK}, {"existante": Pattern.HOLLOW}),
            radius_px=8,
        ),
        is_clickable=True,
    ),
    "stations": MapStyle(
        "Stations du plan",
        MapKind.CIRCLE,
        LayerStyle(
            colour_by=ColourBy(
                "origin",
                {"proposée": "#0b3c5d", "imposée": "#cc3d7a"},
                {"imposée": Pattern.HOLLOW},
            ),
            radius_px=4.5,
        ),
        is_clickable=True,
    ),
}
