// The layers of Jalon on a MapLibre map: only what differs from the last call is touched.
import { patternImage } from "./patterns.js";
import { emphasisLayers, idFilter, patternsNeeded, sourceId, styleLayers } from "./style.js";

const TOP = "jalon-top"; // layers go under this empty one, drawings over it

export const EMPTY_STYLE = {
  version: 8,
  sources: {},
  layers: [{ id: TOP, type: "background", paint: { "background-opacity": 0 } }],
};

export class LayerStack {
  constructor(map) {
    this.map = map;
    this.shown = new Map(); // layer_id -> { layer, url, look, ids }
  }

  get layers() {
    return [...this.shown.values()].map(({ layer }) => layer);
  }

  /** The layer fed by a MapLibre source, if any. */
  layerOf(source) {
    return this.layers.find((layer) => sourceId(layer) === source);
  }

  /** Show exactly `layers`, bottom first; a source is fetched again only when its url changed. */
  sync(layers) {
    const wanted = new Set(layers.map(({ layer_id: id }) => id));
    for (const id of [...this.shown.keys()]) if (!wanted.has(id)) this.remove(id);
    const before = [...this.shown.keys()];
    for (const layer of layers) this.put(layer);
    const isReordered = layers.some(({ layer_id: id }, rank) => before[rank] !== id);
    if (isReordered) this.reorder(layers);
  }

  put(layer) {
    const previous = this.shown.get(layer.layer_id);
    if (!previous) this.map.addSource(sourceId(layer), { type: "geojson", data: absolute(layer.url) });
    else if (previous.url !== layer.url) this.map.getSource(sourceId(layer)).setData(absolute(layer.url));
    const look = lookOf(layer);
    if (previous?.look === look) this.setVisibility(previous, layer.is_visible);
    else this.dress(layer, previous);
    const ids = this.shown.get(layer.layer_id)?.ids;
    this.shown.set(layer.layer_id, { layer, url: layer.url, look, ids });
  }

  dress(layer, previous) {
    for (const id of previous?.ids ?? []) this.map.removeLayer(id);
    for (const name of patternsNeeded(layer)) this.addPattern(name);
    const specs = [
      ...styleLayers(layer),
      ...emphasisLayers(layer, "hovered"),
      ...emphasisLayers(layer, "selected"),
    ];
    for (const spec of specs) this.map.addLayer(spec, TOP);
    this.shown.set(layer.layer_id, { ids: specs.map(({ id }) => id) });
  }

  addPattern(name) {
    if (!this.map.hasImage(name)) this.map.addImage(name, patternImage(name), { pixelRatio: 3 });
  }

  reorder(layers) {
    this.shown = new Map(layers.map(({ layer_id: id }) => [id, this.shown.get(id)]));
    for (const { ids } of this.shown.values()) for (const id of ids) this.map.moveLayer(id, TOP);
  }

  setVisibility({ ids, layer }, isVisible) {
    if (layer.is_visible === isVisible) return;
    for (const id of ids) this.map.setLayoutProperty(id, "visibility", isVisible ? "visible" : "none");
  }

  /** Underline in each clickable layer the features called by `ids`. */
  emphasise(role, ids) {
    for (const { layer, ids: styleIds } of this.shown.values()) {
      const filter = idFilter(layer, layer.is_clickable ? ids : []);
      for (const id of styleIds.filter((each) => each.includes(`/${role}-`))) this.map.setFilter(id, filter);
    }
  }

  remove(layerId) {
    const { layer, ids } = this.shown.get(layerId);
    for (const id of ids) this.map.removeLayer(id);
    this.map.removeSource(sourceId(layer));
    this.shown.delete(layerId);
  }

  /** The topmost feature at a point with its layer, or null; near misses of thin signs count. */
  pick({ x, y }, { onlyClickable }) {
    const candidates = this.layers.filter((layer) => layer.is_visible && (!onlyClickable || layer.is_clickable));
    const owner = new Map(candidates.flatMap((layer) => drawnIds(this.shown, layer).map((id) => [id, layer])));
    const options = { layers: [...owner.keys()] };
    const near = [[x - 4, y - 4], [x + 4, y + 4]];
    const [hit] = [...this.map.queryRenderedFeatures([x, y], options), ...this.map.queryRenderedFeatures(near, options)];
    return hit ? { feature: hit, layer: owner.get(hit.layer.id) } : null;
  }

  /** How many features of a layer are on screen. */
  renderedCount(layerId) {
    const shown = this.shown.get(layerId);
    return shown ? this.map.queryRenderedFeatures({ layers: drawnIds(this.shown, shown.layer) }).length : 0;
  }
}

const drawnIds = (shown, { layer_id: id }) => (
  shown.get(id).ids.filter((each) => /\/(fill|line|circle)$/.test(each))
);

const lookOf = ({ url, is_visible: isVisible, ...look }) => JSON.stringify(look);

// The worker that fetches has no page address to complete a path with.
const absolute = (url) => new URL(url, window.location.origin).href;
