"""CNIG standard of friches (Conseil national de l'information géolocalisée).

Transcribed from https://github.com/cnigfr/schema-friches, `schema.json`, v1.0.6 of 2025-12-17.
"""

from layers.standards.schema import UNSAID, Field, Kind, Schema

BUILDING_TYPES = (
    r"(?:(?:^|\|)(industriel|commercial|résidentiel|secteur tertiaire|"
    r"inconnu|autre|sans objet))+$"
)

FRICHES = Schema(
    title_fr="CNIG Friches",
    version="1.0.6",
    key="site_id",
    shape="geompoint",
    fields=(
        Field("site_id", is_required=True),
        Field("site_nom", is_required=True),
        Field(
            "site_type",
            is_required=True,
            choices=(
                "friche industrielle",
                "friche commerciale",
                "friche hospitalière",
                "friche agro-industrielle",
                "friche carrière ou mine",
                "friche militaire",
                "friche d'habitat",
                "friche d'équipement public",
                "friche portuaire",
                "friche aéroportuaire",
                "friche ferroviaire",
                "friche logistique",
                "friche loisir tourisme hôtellerie",
                "friche enseignement",
                "friche cultuelle",
                "mixte - dominante habitat",
                "mixte - autre",
                *UNSAID,
            ),
        ),
        Field("site_adresse"),
        Field("site_identif_date", Kind.DATE, is_required=True),
        Field("site_actu_date", Kind.DATE, is_required=True),
        Field("site_url", pattern=r"^(https?://[^|\s]*\|)*https?://[^|\s]*$"),
        Field("site_ademe_url", Kind.URI, pattern=r"^https?://[^|\s]*$"),
        Field(
            "site_securite",
            choices=(
                "évacuation des produits dangereux et déchets présents sur le site",
                "interdictions ou limitations d'accès au site",
                "suppression des risques d'incendie et d'explosion",
                "surveillance des effets de l'installation sur son environnement",
                "mesures de gestion de pollution ou restrictions temporaires",
                "existence d'une attestation de mise en sécurité",
                *UNSAID,
            ),
        ),
        Field(
            "site_occupation",
            choices=(
                "totalement inoccupé",
                "partiellement inoccupé",
                "occupation transitoire ou temporaire",
                "occupation illicite supposée",
                "occupation illicite avérée",
                *UNSAID,
            ),
        ),
        Field(
            "site_statut",
            choices=(
                "friche potentielle",
                "friche sans projet",
                "friche avec projet",
                "friche reconvertie",
                *UNSAID,
            ),
        ),
        Field(
            "site_projet_url",
            Kind.URI,
            pattern=r"^(https?://[^|\s]*)|([\w\-\.]+@([\w-]+\.)+[\w-]{2,})$",
        ),
        Field("site_reconv_annee", Kind.YEAR),
        Field(
            "site_reconv_type",
            choices=(
                "habitat",
                "bureau",
                "commerce",
                "industrie",
                "autres activités économiques",
                "équipement public",
                "aménagement d'espace public",
                "renaturation",
                "panneaux photovoltaïques",
                "énergie, hors photovoltaïque",
                "mixte",
                *UNSAID,
            ),
        ),
        Field("activite_libelle"),
        Field(
            "activite_code", pattern=r"(?:(?:^|\|)([A-Z]\d\d.\d\d[A-Z]|)\1+[A-Z]\d\d.\d\d[A-Z])+$"
        ),
        Field("activite_fin_annee", Kind.YEAR),
        Field("comm_nom", is_required=True),
        Field("comm_insee", is_required=True),
        Field(
            "bati_type",
            pattern=BUILDING_TYPES,
        ),
        Field("bati_nombre", Kind.INTEGER),
        Field("bati_surface", Kind.INTEGER),
        Field("bati_pollution", choices=("amiante", "plomb", *UNSAID)),
        Field("bati_vacance", choices=("occupé", "partiellement occupé", "vacant", *UNSAID)),
        Field(
            "bati_patrimoine",
            choices=(
                "aucun",
                "présence d'un bâtiment d'intérêt",
                "présence d'un bâtiment classé",
                *UNSAID,
            ),
        ),
        Field(
            "bati_etat",
            choices=(
                "dégradation inexistante ou faible",
                "dégradation moyenne",
                "dégradation très importante",
                "dégradation hétérogène",
                *UNSAID,
            ),
        ),
        Field("local_ancien_annee", Kind.YEAR),
        Field("local_recent_annee", Kind.YEAR),
        Field("proprio_type", pattern=r"(?:(?:^|\|)([A-Z]\d[a-z]|)\1+[A-Z]\d[a-z])+$"),
        Field(
            "proprio_personne",
            pattern=r"(?:(?:^|\|)(personne physique|personne morale|inconnu|autre|sans objet))+$",
        ),
        Field("proprio_nom"),
        Field("sol_pollution_annee", Kind.YEAR),
        Field(
            "sol_pollution_existe",
            choices=(
                "pollution inexistante",
                "pollution traitée",
                "pollution peu probable",
                "pollution supposée",
                "pollution avérée",
                *UNSAID,
            ),
        ),
        Field(
            "sol_pollution_origine",
            choices=(
                "dépôt de déchets, stockages de produits",
                "pollution due au fonctionnement de l'installation",
                "origine accidentelle (transport, transbordement, manipulation,...)",
                "retombées atmosphériques",
                *UNSAID,
            ),
        ),
        Field("sol_pollution_commentaire"),
        Field("sol_depollution_fiche", Kind.URI),
        Field("unite_fonciere_surface", Kind.INTEGER),
        Field(
            "unite_fonciere_refcad",
            pattern=r"(?:(?:^|\|)([0-9A-B]{2}\d{6}[0-9A-Z]{2}\d{4}|)\1+[0-9A-B]{2}\d{6}[0-9A-Z]{2}\d{4})+$",
        ),
        Field(
            "urba_zone_type",
            choices=("U", "AUc", "AUs", "A", "N", "Zc", "ZCa", "ZnC", "RNU", *UNSAID),
        ),
        Field("urba_zone_lib"),
        Field("urba_zone_formdomi"),
        Field("urba_zaer", is_required=True, choices=("oui", "non", "inconnu")),
        Field("urba_doc_type", choices=("RNU", "CC", "PLU", "PLUI", "PSMV", *UNSAID)),
        Field("desserte_distance", pattern=r"\d{1,}\|\d{1,}\|\d{1,}"),
        Field("desserte_commentaire"),
        Field("source_nom", is_required=True),
        Field("source_url"),
        Field("source_producteur"),
        Field("source_contact"),
        Field("geompoint", is_required=True),
        Field("geomsurf"),
    ),
)
