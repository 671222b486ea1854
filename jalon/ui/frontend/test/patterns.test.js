import assert from "node:assert/strict";
import { test } from "node:test";
import { FILL_PATTERNS, patternImage, patternName, rgb } from "../src/patterns.js";

test("a colour is read as red, green, blue", () => {
  assert.deepEqual(rgb("#0a80ff"), [10, 128, 255]);
});

test("a pattern inks some pixels with its colour and leaves the others clear", () => {
  for (const pattern of FILL_PATTERNS) {
    const { data: pixels, width, height } = patternImage(patternName(pattern, "#0a80ff"));
    const inked = Array.from({ length: width * height }, (_, rank) => pixels.slice(rank * 4, rank * 4 + 4))
      .filter(([, , , alpha]) => alpha > 0);
    assert.ok(inked.length > 0 && inked.length < width * height);
    assert.ok(inked.every((pixel) => String(pixel) === "10,128,255,255"));
  }
});
