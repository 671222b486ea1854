// The elements around the map: everything a user sees that MapLibre does not draw.
import { element } from "./element.js";
import { formatHa, TEXT } from "./text_fr.js";
import { createTooltip } from "./tooltip.js";

/** The root of one map, with the few functions that change what it says. */
export function createPage({ toolbar, panel }) {
  const viewport = element("div", {
    class: "viewport", role: "application", "aria-label": TEXT.map, "aria-describedby": "hint",
  });
  const tooltip = createTooltip();
  const hint = element("span", { role: "status" });
  const measure = element("strong");
  const attribution = element("div", { class: "attribution" });
  const root = element(
    "div",
    { class: "jalon-map", "data-ready": "false" },
    element("p", { id: "hint", class: "visually-hidden" }, TEXT.hint),
    viewport,
    element("div", { class: "crosshair", "aria-hidden": "true" }),
    toolbar.node,
    panel.node,
    element("div", { class: "status" }, hint, measure),
    attribution,
    tooltip.node,
  );
  return {
    root,
    viewport,
    tooltip,
    say: (text) => { hint.textContent = text; },
    sayArea: (ha) => { measure.textContent = ha === null ? "" : formatHa(ha); },
    credit: (text) => { attribution.textContent = text; },
    setReady: (isReady) => { root.dataset.ready = String(isReady); },
    setHeight: (px) => { root.style.height = `${px}px`; },
  };
}
