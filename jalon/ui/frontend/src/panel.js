// The panel on the right: which layers are shown, what their signs mean, which background.
import { BASEMAPS, NO_BASEMAP } from "./basemaps.js";
import { drawing, element } from "./element.js";
import { icon } from "./icons.js";
import { isSingleEntry, legendEntries, sampleShapes } from "./legend.js";
import { TEXT } from "./text_fr.js";

const SAMPLE_PX = [18, 12];

/** The panel element, with `show(layers, basemapId)` to draw its content again. */
export function createPanel({ isOpen, onToggle, onLayer, onBasemap }) {
  const body = element("div", { class: "panel-body" });
  const button = element(
    "button",
    { type: "button", class: "panel-button", "aria-label": TEXT.panel, "aria-expanded": String(isOpen) },
    icon("panel"),
    TEXT.panelShort,
  );
  const node = element("section", { class: "panel", "aria-label": TEXT.panel }, button, body);
  body.hidden = !isOpen;
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
    onToggle(!body.hidden);
  });
  const show = (layers, basemapId) => body.replaceChildren(
    ...layers.map((layer) => layerEntry(layer, onLayer)),
    basemapChoice(basemapId, onBasemap),
  );
  return { node, show };
}

function layerEntry(layer, onLayer) {
  const box = element("input", {
    type: "checkbox",
    "data-layer": layer.layer_id,
    onchange: () => onLayer(layer.layer_id, box.checked),
  });
  box.checked = layer.is_visible;
  const isSingle = isSingleEntry(layer);
  const samples = isSingle ? [sample(layer, legendEntries(layer)[0])] : [];
  const title = element("label", { class: "layer-title" }, box, ...samples, layer.title_fr);
  const details = isSingle ? [] : [legendList(layer)];
  return element("div", { class: "layer" }, title, ...details);
}

function legendList(layer) {
  const rows = legendEntries(layer).map((entry) => (
    element("li", {}, sample(layer, entry), element("span", {}, entry.label_fr))
  ));
  return element("ul", { class: "legend" }, ...rows);
}

const sample = (layer, entry) => drawing(...SAMPLE_PX, sampleShapes(layer, entry));

function basemapChoice(chosen, onBasemap) {
  const choices = BASEMAPS.map(({ id, label }) => {
    const radio = element("input", { type: "radio", name: "basemap", value: id, onchange: () => onBasemap(id) });
    radio.checked = id === (chosen ?? NO_BASEMAP);
    return element("label", {}, radio, label);
  });
  return element("fieldset", {}, element("legend", {}, TEXT.basemap), ...choices);
}
