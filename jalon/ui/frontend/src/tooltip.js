// The name of the feature under the pointer, as text and never as markup.
import { element } from "./element.js";

const OFFSET_PX = 14;

export function createTooltip() {
  const node = element("div", { class: "tooltip", role: "tooltip" });
  node.hidden = true;
  return {
    node,
    hide: () => { node.hidden = true; },
    show: (text, point) => {
      node.textContent = text;
      node.hidden = text === "";
      place(node, point);
    },
  };
}

function place(node, { x, y }) {
  const { clientWidth: width, clientHeight: height } = node.parentElement;
  const left = Math.min(x + OFFSET_PX, width - node.offsetWidth - 4);
  const top = y + OFFSET_PX + node.offsetHeight > height ? y - OFFSET_PX - node.offsetHeight : y + OFFSET_PX;
  node.style.transform = `translate(${Math.max(left, 4)}px, ${Math.max(top, 4)}px)`;
}
