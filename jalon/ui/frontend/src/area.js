// The area shown while drawing, in Lambert-93 as Python measures it: both say the same hectares.

// RGF93 v1 / Lambert-93 (EPSG:2154), constants of IGN's note NTG 71.
const ECCENTRICITY = 0.081819191042816;
const EXPONENT = 0.7256077650532670;
const CONE_M = 11_754_255.4260960;
const CENTRE_LONGITUDE = 3;
const EASTING_M = 700_000;
const NORTHING_M = 12_655_612.0498760;

const M2_PER_HA = 10_000;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Easting and northing in metres of a longitude, latitude in degrees. */
export function lambert93([longitude, latitude]) {
  const sine = Math.sin(radians(latitude));
  const isometric = Math.atanh(sine) - ECCENTRICITY * Math.atanh(ECCENTRICITY * sine);
  const radius = CONE_M * Math.exp(-EXPONENT * isometric);
  const angle = EXPONENT * radians(longitude - CENTRE_LONGITUDE);
  return [EASTING_M + radius * Math.sin(angle), NORTHING_M - radius * Math.cos(angle)];
}

/** Area of a GeoJSON polygon in hectares, holes taken out. */
export function areaHa({ coordinates: [outer, ...holes] }) {
  const m2 = holes.reduce((left, hole) => left - ringAreaM2(hole), ringAreaM2(outer));
  return m2 / M2_PER_HA;
}

function ringAreaM2(ring) {
  const corners = ring.map(lambert93);
  const [, ...nexts] = corners;
  const twice = nexts.reduce((sum, [x2, y2], rank) => {
    const [x1, y1] = corners[rank];
    return sum + x1 * y2 - x2 * y1;
  }, 0);
  return Math.abs(twice) / 2;
}
