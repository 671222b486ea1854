import assert from "node:assert/strict";
import { test } from "node:test";
import { colourOf, emphasisLayers, idFilter, patternsNeeded, styleLayers } from "../src/style.js";
import { layer } from "./layer.js";

const KINDS = { property_name: "kind", colours: { friche: "#aa0000", zae: "#00aa00" }, patterns: {} };

test("without categories the colour is the one of the layer", () => {
  assert.equal(colourOf(layer().style), "#123456");
});

test("each category has its colour and any other value the one of the layer", () => {
  const { style } = layer({ style: { colour_by: KINDS } });
  const value = ["to-string", ["get", "kind"]];
  assert.deepEqual(colourOf(style), ["match", value, "friche", "#aa0000", "zae", "#00aa00", "#123456"]);
});

test("an empty list of categories is no expression at all, which MapLibre would refuse", () => {
  const { style } = layer({ style: { colour_by: { ...KINDS, colours: {} } } });
  assert.equal(colourOf(style), "#123456");
});

test("a fill is a surface under its outline, and both hide together", () => {
  const specs = styleLayers(layer({ is_visible: false }));
  assert.deepEqual(specs.map(({ id }) => id), ["jalon/sites/fill", "jalon/sites/outline"]);
  assert.ok(specs.every(({ layout }) => layout.visibility === "none"));
});

test("a hatched category needs its image and a layer that draws only that category", () => {
  const hatched = layer({ style: { colour_by: { ...KINDS, patterns: { zae: "hatched" } } } });
  const pattern = styleLayers(hatched).find(({ id }) => id.endsWith("/pattern"));
  assert.deepEqual(patternsNeeded(hatched), ["hatched:#00aa00"]);
  assert.deepEqual(pattern.filter, ["in", ["to-string", ["get", "kind"]], ["literal", ["zae"]]]);
});

test("names are written only from the zoom asked for", () => {
  const labelled = layer({ kind: "circle", style: { label_from_zoom: 10 } });
  assert.equal(styleLayers(labelled).at(-1).minzoom, 10);
  assert.equal(styleLayers(layer({ kind: "circle" })).length, 1);
});

test("a selection starts empty and compares identifiers as text", () => {
  const [contour] = emphasisLayers(layer(), "selected");
  assert.deepEqual(contour.filter, ["in", ["to-string", ["get", "id"]], ["literal", []]]);
  assert.deepEqual(idFilter(layer(), ["7"])[2], ["literal", ["7"]]);
});
