// Icons of the toolbar, drawn on a 20 × 20 grid with the text colour.
import { drawing } from "./element.js";

const PATHS = {
  zoomIn: "M10 4v12M4 10h12",
  zoomOut: "M4 10h12",
  home: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M8 10h4M10 8v4",
  fullscreen: "M12 3h5v5M17 3l-6 6M8 17H3v-5M3 17l6-6",
  navigate: "M5 3l10.5 7-4.8 1L8.5 16z",
  polygon: "M10 3l7 5-2.5 8h-9L3 8z",
  rectangle: "M3 5h14v10H3z",
  extent: "M3 7V4h3M14 4h3v3M17 13v3h-3M6 16H3v-3M7 8h6v4H7z",
  edit: "M4 16l1-4 8.5-8.5 3 3L8 15zM11.5 5.5l3 3",
  remove: "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6M8.5 9v4.5M11.5 9v4.5",
  undo: "M7 5L3.5 8.5 7 12M4 8.5h7.5a4 4 0 010 8H9",
  redo: "M13 5l3.5 3.5L13 12M16 8.5H8.5a4 4 0 000 8H11",
  panel: "M10 3l7 4-7 4-7-4zM3 10.5l7 4 7-4M3 14l7 4 7-4",
};

const PEN = { fill: "none", stroke: "currentColor", "stroke-width": 1.6 };
const JOINS = { "stroke-linecap": "round", "stroke-linejoin": "round" };

export const icon = (name) => drawing(20, 20, [["path", { d: PATHS[name], ...PEN, ...JOINS }]]);
