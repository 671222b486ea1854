// Fill patterns as pixels, so that no category is told by its colour alone.

const SIZE_PX = 16; // drawn at pixel ratio 3: a tile of about 5 CSS pixels
const INKED = {
  hatched: (x, y) => (x + y) % SIZE_PX < 4,
  dotted: (x, y) => (x - 8) ** 2 + (y - 8) ** 2 < 12,
};

export const FILL_PATTERNS = Object.keys(INKED);

export const patternName = (pattern, colour) => `${pattern}:${colour}`;

/** The repeating image of a pattern name, as MapLibre's `addImage` takes it. */
export function patternImage(name) {
  const [pattern, colour] = name.split(":");
  const ink = [...rgb(colour), 255];
  const pixels = new Uint8Array(SIZE_PX * SIZE_PX * 4);
  for (let y = 0; y < SIZE_PX; y += 1) {
    for (let x = 0; x < SIZE_PX; x += 1) {
      if (INKED[pattern](x, y)) pixels.set(ink, (y * SIZE_PX + x) * 4);
    }
  }
  return { width: SIZE_PX, height: SIZE_PX, data: pixels };
}

/** Red, green, blue of `#rrggbb`. */
export function rgb(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}
