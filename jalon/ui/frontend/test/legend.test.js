import assert from "node:assert/strict";
import { test } from "node:test";
import { isSingleEntry, legendEntries, sampleShapes } from "../src/legend.js";
import { layer } from "./layer.js";

const entry = (pattern) => ({ label_fr: "Friche", colour: "#aa0000", pattern });

test("a plain layer is its own legend", () => {
  assert.ok(isSingleEntry(layer()));
  assert.deepEqual(legendEntries(layer()), [{ label_fr: "Sites", colour: "#123456", pattern: "solid" }]);
});

test("categories make the legend when Python gives none", () => {
  const by = { property_name: "kind", colours: { friche: "#aa0000" }, patterns: { friche: "hatched" } };
  const expected = [{ label_fr: "friche", colour: "#aa0000", pattern: "hatched" }];
  assert.deepEqual(legendEntries(layer({ style: { colour_by: by } })), expected);
});

test("the legend given by Python is shown as it is", () => {
  const legend = [entry("solid")];
  assert.equal(legendEntries(layer({ legend })), legend);
});

test("two categories of the same colour differ by their sample", () => {
  const drawn = (pattern) => JSON.stringify(sampleShapes(layer(), entry(pattern)));
  assert.equal(new Set(["solid", "hatched", "dotted", "hollow"].map(drawn)).size, 4);
});

test("a dashed line is dashed in the legend too", () => {
  const [[, attributes]] = sampleShapes(layer({ kind: "line", style: { dash: [2, 2] } }), entry("solid"));
  assert.equal(attributes["stroke-dasharray"], "4 3");
});
