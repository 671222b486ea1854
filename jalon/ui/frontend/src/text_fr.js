// Every sentence of the map that a user can read.

export const TEXT = {
  map: "Carte interactive",
  hint: "Le tableau sous la carte donne le même contenu. Au clavier : flèches pour se déplacer, "
    + "plus et moins pour zoomer, Entrée pour choisir l'objet au centre.",
  loading: "Chargement de la carte…",
  unavailable: "La carte ne peut pas s'afficher sur ce poste (WebGL indisponible). "
    + "Le tableau donne le même contenu.",
  basemapFailed: "Fond de plan indisponible : la carte reste utilisable sans lui.",
  layerFailed: (title) => `La couche « ${title} » n'a pas pu être chargée. Rechargez la page.`,
  panel: "Couches et légende",
  panelShort: "Couches",
  basemap: "Fond de plan",
  view: "Vue",
  drawing: "Dessin",
};

export const BUTTONS = {
  zoomIn: "Zoomer",
  zoomOut: "Dézoomer",
  home: "Recadrer sur le territoire",
  fullscreen: "Plein écran",
  navigate: "Se déplacer et choisir",
  polygon: "Dessiner un polygone",
  rectangle: "Dessiner un rectangle",
  extent: "Dessiner l'emprise visible",
  edit: "Modifier un dessin",
  remove: "Supprimer le dessin choisi",
  undo: "Annuler",
  redo: "Rétablir",
};

export const MODE_HINTS = {
  navigate: "",
  polygon: "Cliquez chaque sommet, puis le premier (ou Entrée) pour fermer. Échap : abandonner.",
  rectangle: "Cliquez un coin, puis le coin opposé. Échap : abandonner.",
  edit: "Cliquez un dessin, puis déplacez-le ou tirez ses sommets. Suppr : le supprimer.",
};

export const LOCALE = {
  "Map.Title": TEXT.map,
  "ScaleControl.Meters": "m",
  "ScaleControl.Kilometers": "km",
};

export const formatHa = (ha) => (
  `${ha.toLocaleString("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ha`
);
