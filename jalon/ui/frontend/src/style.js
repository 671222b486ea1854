// One layer of Jalon, told in the words of the MapLibre style specification.
import { FILL_PATTERNS, patternName } from "./patterns.js";

const INK = "#111827";
const PAPER = "#ffffff";
const ROUND = { "line-join": "round", "line-cap": "round" };

export const sourceId = (layer) => `jalon/${layer.layer_id}`;

/** Every MapLibre layer that draws `layer`, bottom first. */
export function styleLayers(layer) {
  const drawn = { fill: fillLayers, line: lineLayers, circle: circleLayers }[layer.kind](layer);
  return [...drawn, ...labelLayers(layer)].map((spec) => ({
    source: sourceId(layer),
    ...spec,
    id: `${sourceId(layer)}/${spec.id}`,
    layout: { ...spec.layout, visibility: layer.is_visible ? "visible" : "none" },
  }));
}

/** The layers that underline the features whose ids `emphasise` names; `role` tells them apart. */
export function emphasisLayers(layer, role) {
  const outlines = layer.kind === "circle" ? ringLayers(layer) : contourLayers(layer, role);
  return outlines.map((spec, rank) => ({
    source: sourceId(layer),
    ...spec,
    id: `${sourceId(layer)}/${role}-${rank}`,
    filter: idFilter(layer, []),
    layout: { ...spec.layout, visibility: layer.is_visible ? "visible" : "none" },
  }));
}

export function idFilter(layer, ids) {
  return ["in", ["to-string", ["get", layer.id_property]], ["literal", ids]];
}

/** The names of the pattern images that `layer` needs. */
export function patternsNeeded(layer) {
  return patternedValues(layer.style).map((value) => imageOf(layer.style, value));
}

/** An expression giving each feature the colour of its category. */
export function colourOf({ colour, colour_by: by }) {
  return by ? matchValue(by.property_name, Object.entries(by.colours), colour) : colour;
}

function matchValue(property, pairs, otherwise) {
  if (pairs.length === 0) return otherwise;
  return ["match", ["to-string", ["get", property]], ...pairs.flat(), otherwise];
}

/** `yes` for the categories drawn hollow, `no` for the others. */
function ifHollow({ colour_by: by }, yes, no) {
  const hollow = Object.entries(by?.patterns ?? {}).filter(([, pattern]) => pattern === "hollow");
  return by ? matchValue(by.property_name, hollow.map(([value]) => [value, yes]), no) : no;
}

function fillLayers({ style }) {
  const plain = {
    id: "fill",
    type: "fill",
    paint: { "fill-color": colourOf(style), "fill-opacity": ifHollow(style, 0, style.fill_opacity_share) },
  };
  return [plain, ...patternLayers(style), outlineLayer(style)];
}

function patternLayers(style) {
  const values = patternedValues(style);
  if (values.length === 0) return [];
  const images = values.map((value) => [value, imageOf(style, value)]);
  const property = style.colour_by.property_name;
  return [{
    id: "pattern",
    type: "fill",
    filter: ["in", ["to-string", ["get", property]], ["literal", values]],
    paint: { "fill-pattern": matchValue(property, images, images[0][1]) },
  }];
}

function patternedValues({ colour_by: by }) {
  const patterned = Object.entries(by?.patterns ?? {});
  return patterned.filter(([, pattern]) => FILL_PATTERNS.includes(pattern)).map(([value]) => value);
}

function imageOf({ colour, colour_by: by }, value) {
  return patternName(by.patterns[value], by.colours[value] ?? colour);
}

function outlineLayer(style) {
  return {
    id: "outline",
    type: "line",
    layout: ROUND,
    paint: {
      "line-color": style.outline_colour || colourOf(style),
      "line-width": style.outline_width_px,
      ...dashPaint(style),
    },
  };
}

function lineLayers({ style }) {
  return [{
    id: "line",
    type: "line",
    layout: style.dash.length ? {} : ROUND,
    paint: { "line-color": colourOf(style), "line-width": style.line_width_px, ...dashPaint(style) },
  }];
}

const dashPaint = ({ dash }) => (dash.length ? { "line-dasharray": dash } : {});

function circleLayers({ style }) {
  return [{
    id: "circle",
    type: "circle",
    paint: {
      "circle-radius": radius(style.radius_px),
      "circle-color": ifHollow(style, PAPER, colourOf(style)),
      "circle-opacity": style.fill_opacity_share,
      "circle-stroke-color": ifHollow(style, colourOf(style), style.outline_colour || PAPER),
      "circle-stroke-width": ifHollow(style, 3, style.outline_width_px),
    },
  }];
}

// Circles shrink when the whole region is on screen, where they would hide one another.
const radius = (px) => ["interpolate", ["linear"], ["zoom"], 6, px * 0.6, 11, px];

function contourLayers(layer, role) {
  const [inner, outer] = role === "selected" ? [3, 6] : [2, 4];
  return [
    { type: "line", layout: ROUND, paint: { "line-color": PAPER, "line-width": outer } },
    { type: "line", layout: ROUND, paint: { "line-color": INK, "line-width": inner } },
  ];
}

function ringLayers({ style }) {
  const ring = (extra_px, width, colour) => ({
    type: "circle",
    paint: {
      "circle-radius": radius(style.radius_px + extra_px),
      "circle-opacity": 0,
      "circle-stroke-color": colour,
      "circle-stroke-width": width,
    },
  });
  return [ring(2, 5, PAPER), ring(3, 3, INK)];
}

function labelLayers(layer) {
  if (layer.style.label_from_zoom === null) return [];
  const isPoint = layer.kind === "circle";
  return [{
    id: "label",
    type: "symbol",
    minzoom: layer.style.label_from_zoom,
    layout: {
      "text-field": ["to-string", ["get", layer.label_property]],
      "text-size": 12,
      "text-max-width": 9,
      "text-anchor": isPoint ? "top" : "center",
      "text-offset": isPoint ? [0, 0.3 + layer.style.radius_px / 12] : [0, 0],
    },
    paint: { "text-color": INK, "text-halo-color": PAPER, "text-halo-width": 1.5 },
  }];
}
