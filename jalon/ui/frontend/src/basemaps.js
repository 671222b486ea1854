// Backgrounds of the IGN, requested only once chosen.

const WMTS = "https://data.geopf.fr/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile"
  + "&STYLE=normal&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}";

export const NO_BASEMAP = "none";

export const BASEMAPS = [
  { id: NO_BASEMAP, label: "Aucun fond", attribution: "" },
  {
    id: "plan",
    label: "Plan IGN",
    attribution: "Fond : Plan IGN © IGN",
    tiles: `${WMTS}&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&FORMAT=image/png`,
  },
  {
    id: "photo",
    label: "Photo aérienne",
    attribution: "Fond : photographies aériennes © IGN",
    tiles: `${WMTS}&LAYER=ORTHOIMAGERY.ORTHOPHOTOS&FORMAT=image/jpeg`,
  },
];

export const basemap = (id) => BASEMAPS.find((candidate) => candidate.id === id) ?? BASEMAPS[0];

export const basemapSource = ({ tiles }) => ({ type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 19 });
