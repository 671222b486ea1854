// DOM nodes in one call. Text always goes through textContent: no markup is ever parsed.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes, listeners (`onclick: f`) and children or text. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children);
  return node;
}

function setAttribute(node, name, value) {
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (typeof value === "boolean") node.toggleAttribute(name, value);
  else node.setAttribute(name, value);
}

/** A decorative SVG drawing made of [tag, attributes] shapes. */
export function drawing(width, height, shapes) {
  const svg = svgNode("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  svg.append(...shapes.map(([tag, attributes]) => svgNode(tag, attributes)));
  return svg;
}

function svgNode(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
