// What the pointer, or the cross of the keyboard, is on: its name shown, its choice sent.

export class Pointer {
  /** `isFree()` tells whether the pointer chooses features rather than draws. */
  constructor({ map, stack, tooltip, isFree, choose }) {
    Object.assign(this, { map, stack, tooltip, isFree, choose });
    this.hoveredId = null;
    map.on("mousemove", ({ point }) => this.hover(point));
    map.on("mouseout", () => this.leave());
    map.on("click", ({ point, lngLat }) => this.click(point, lngLat));
  }

  hover(point) {
    const hit = this.isFree() ? this.stack.pick(point, { onlyClickable: false }) : null;
    if (!hit) {
      this.leave();
      return;
    }
    this.showCursor(hit.layer.is_clickable);
    this.underline(hit.layer.is_clickable ? idOf(hit) : null);
    this.tooltip.show(labelOf(hit), point);
  }

  leave() {
    if (this.isFree()) this.showCursor(false); // otherwise the cursor belongs to the drawing tool
    this.underline(null);
    this.tooltip.hide();
  }

  showCursor(isClickable) {
    this.map.getCanvas().style.cursor = isClickable ? "pointer" : "";
  }

  underline(id) {
    if (id === this.hoveredId) return;
    this.hoveredId = id;
    this.stack.emphasise("hovered", id === null ? [] : [id]);
  }

  click(point, lngLat) {
    if (!this.isFree()) return;
    const hit = this.stack.pick(point, { onlyClickable: true });
    this.choose(hit && { layer_id: hit.layer.layer_id, feature_id: idOf(hit) }, lngLat);
  }

  /** The same as a click in the middle of the map. */
  clickCentre() {
    const centre = this.map.getCenter();
    this.click(this.map.project(centre), centre);
  }

  hoverCentre() {
    this.hover(this.map.project(this.map.getCenter()));
  }
}

const idOf = ({ feature, layer }) => String(feature.properties[layer.id_property]);
const labelOf = ({ feature, layer }) => String(feature.properties[layer.label_property] ?? "");
