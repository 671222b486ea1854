// What a user did to a map outlives its element: leaving a page and coming back changes nothing.

const remembered = new Map();

/** The mutable notes on the map called `key`, empty the first time. */
export function recall(key) {
  if (!remembered.has(key)) remembered.set(key, { visibility: {}, basemap: null });
  return remembered.get(key);
}
