// The buttons on the left of the map, in labelled groups.
import { element } from "./element.js";
import { icon } from "./icons.js";
import { BUTTONS, TEXT } from "./text_fr.js";

const VIEW_GROUP = ["zoomIn", "zoomOut", "home", "fullscreen"];
const MODE_GROUP = ["navigate", "polygon", "rectangle", "extent", "edit"];
const EDIT_GROUP = ["remove", "undo", "redo"];
const MODES = ["navigate", "polygon", "rectangle", "edit"];

/** The toolbar element and the function that shows its state; `press(name)` gets each click. */
export function createToolbar({ canDraw, press }) {
  const buttons = {};
  const groups = [[TEXT.view, VIEW_GROUP]];
  if (canDraw) groups.push([TEXT.drawing, MODE_GROUP], [TEXT.drawing, EDIT_GROUP]);
  const node = element("div", { class: "toolbar" }, ...groups.map(([label, names]) => (
    element("div", { class: "group", role: "group", "aria-label": label }, ...names.map(
      (name) => (buttons[name] = createButton(name, press)),
    ))
  )));
  return { node, show: (state) => showState(buttons, state) };
}

function createButton(name, press) {
  const attributes = { type: "button", title: BUTTONS[name], "aria-label": BUTTONS[name] };
  return element("button", { ...attributes, "data-button": name, onclick: () => press(name) }, icon(name));
}

function showState(buttons, { mode, canUndo, canRedo, canRemove }) {
  const isEnabled = { undo: canUndo, redo: canRedo, remove: canRemove };
  for (const [name, button] of Object.entries(buttons)) {
    if (MODES.includes(name)) button.setAttribute("aria-pressed", String(name === mode));
    // aria-disabled keeps the keyboard focus where a disabled button would lose it.
    if (name in isEnabled) button.setAttribute("aria-disabled", String(!isEnabled[name]));
  }
}
