import assert from "node:assert/strict";
import { test } from "node:test";
import { areaHa, lambert93 } from "../src/area.js";

const close = (found, expected, tolerance) => assert.ok(Math.abs(found - expected) < tolerance, `${found}`);

test("the origin of Lambert-93 is at 3° E, 46.5° N", () => {
  const [x, y] = lambert93([3, 46.5]);
  close(x, 700_000, 0.001);
  close(y, 6_600_000, 0.001);
});

test("Strasbourg falls where PROJ puts it, within a millimetre", () => {
  const [x, y] = lambert93([7.75, 48.51]);
  close(x, 1_050_631.764, 0.001);
  close(y, 6_833_855.203, 0.001);
});

test("a hole is taken out of the area, and the turn of a ring does not matter", () => {
  const square = (west, east) => [[west, 46], [east, 46], [east, 46.01], [west, 46.01], [west, 46]];
  const outer = square(3, 3.02);
  const hole = square(3, 3.01);
  const whole = areaHa({ coordinates: [outer] });
  close(areaHa({ coordinates: [outer, hole.toReversed()] }), whole / 2, 0.001 * whole);
});
