// What the legend says of a layer: a label and a drawn sample for each category.

/** The entries given by Python, or one per category when Python gave none. */
export function legendEntries({ legend, style, title_fr: title }) {
  if (legend.length) return legend;
  if (!style.colour_by) return [{ label_fr: title, colour: style.colour, pattern: "solid" }];
  const { colours, patterns } = style.colour_by;
  return Object.entries(colours).map(([value, colour]) => (
    { label_fr: value, colour, pattern: patterns[value] ?? "solid" }
  ));
}

/** True when the only entry repeats the title: its sample then stands beside the title. */
export function isSingleEntry(layer) {
  const entries = legendEntries(layer);
  return entries.length === 1 && entries[0].label_fr === layer.title_fr;
}

/** The SVG shapes of a 18 × 12 sample, as [tag, attributes] pairs. */
export function sampleShapes(layer, { colour, pattern }) {
  return { fill: fillSample, line: lineSample, circle: circleSample }[layer.kind](
    { colour, pattern, style: layer.style },
  );
}

function fillSample({ colour, pattern, style }) {
  const opacity = pattern === "hollow" ? 0 : Math.max(style.fill_opacity_share, 0.15);
  const frame = { x: 1, y: 1, width: 16, height: 10, rx: 1.5 };
  const stroke = style.outline_colour || colour;
  const box = ["rect", { ...frame, fill: colour, "fill-opacity": opacity, stroke, "stroke-width": 1.5 }];
  return [box, ...fillMarks(pattern, colour)];
}

function fillMarks(pattern, colour) {
  if (pattern === "hatched") {
    return [["path", { d: "M3 11 11 1M8 11 16 1", stroke: colour, "stroke-width": 1.8 }]];
  }
  if (pattern === "dotted") {
    return [5, 9, 13].map((cx) => ["circle", { cx, cy: 6, r: 1.3, fill: colour }]);
  }
  return [];
}

function lineSample({ colour, pattern, style }) {
  const isDashed = pattern === "dashed" || style.dash.length > 0;
  const width = Math.min(Math.max(style.line_width_px, 1.5), 5);
  const dash = isDashed ? { "stroke-dasharray": "4 3" } : {};
  return [["path", { d: "M0 6H18", stroke: colour, "stroke-width": width, ...dash }]];
}

function circleSample({ colour, pattern }) {
  const isHollow = pattern === "hollow";
  const paint = isHollow
    ? { fill: "#ffffff", stroke: colour, "stroke-width": 2.5 }
    : { fill: colour, stroke: "#ffffff", "stroke-width": 1 };
  return [["circle", { cx: 9, cy: 6, r: isHollow ? 4 : 5, ...paint }]];
}
