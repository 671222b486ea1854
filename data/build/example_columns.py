"""Columns of the producers' tables, in their order, with those left empty here."""

from typing import Final

_FRICHE: Final = """
    site_id site_nom site_type site_adresse site_identif_date site_actu_date site_url
    site_ademe_url site_securite site_occupation site_statut site_projet_url site_reconv_annee
    site_reconv_type activite_libelle activite_code activite_fin_annee comm_nom comm_insee
    bati_type bati_nombre bati_surface bati_pollution bati_vacance bati_patrimoine bati_etat
    local_ancien_annee local_recent_annee proprio_type proprio_personne proprio_nom
    sol_pollution_annee sol_pollution_existe sol_pollution_origine sol_pollution_commentaire
    sol_depollution_fiche unite_fonciere_surface unite_fonciere_refcad urba_zone_type
    urba_zone_lib urba_zone_formdomi urba_zaer urba_doc_type desserte_distance
    desserte_commentaire source_nom source_url source_producteur source_contact geompoint
    geomsurf
"""

_SITE_ECO: Final = """
    site_id pole_id site_nom site_type site_vocadomi site_etat site_surf_brute site_surf_utile
    site_creation_date site_identif_date site_actu_date site_description source_producteur
    site_quali_territoire site_evol_urba site_url site_epci_nom site_epci_siren site_comm_nom
    site_comm_insee site_moa_type site_moa_nom site_moa_amngt site_moa_comm site_uf_nbre
    site_uf_vacant_nbre site_taux_vacance site_uf_bati_nbre site_nb_etab site_nb_emploi
    site_media site_surf_comm_dispo site_surf_projet site_voca_industrielle
    site_voca_commerciale site_voca_tertiaire site_voca_artisanale site_voca_touristique
    site_voca_portuaire site_voca_aeroportuaire reseau_eau_pluviale reseau_eau_potable
    reseau_assainissement reseau_gaz reseau_electrique reseau_fibre_optique
    reseau_fret_ferroviaire reseau_fluvial desserte_tc desserte_route_nom autoroute_nom
    autoroute_echang_dist gare_nom gare_dist gare_fret_nom gare_fret_dist aeroport_nom
    aeroport_dist port_nom port_dist geometry
"""

_IRVE: Final = """
    nom_amenageur siren_amenageur contact_amenageur nom_operateur contact_operateur
    telephone_operateur nom_enseigne id_station_itinerance id_station_local nom_station
    implantation_station adresse_station code_insee_commune coordonneesXY nbre_pdc
    id_pdc_itinerance id_pdc_local puissance_nominale prise_type_ef prise_type_2
    prise_type_combo_ccs prise_type_chademo prise_type_autre gratuit paiement_acte paiement_cb
    paiement_autre tarification condition_acces reservation horaires accessibilite_pmr
    restriction_gabarit station_deux_roues raccordement num_pdl date_mise_en_service
    observations date_maj cable_t2_attache
"""

FRICHE_COLUMNS: Final = tuple(_FRICHE.split())
"""CNIG schema-friches v1.0.6."""

SITE_ECO_COLUMNS: Final = tuple(_SITE_ECO.split())
"""CNIG Sites économiques v1.0.1, table site_eco of its GeoPackage template."""

IRVE_COLUMNS: Final = tuple(_IRVE.split())
"""Etalab schema-irve-statique."""
