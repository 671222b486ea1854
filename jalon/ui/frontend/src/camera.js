// Where the map looks: where Python asks the first time, then where the user goes.

const PADDING_PX = { top: 24, bottom: 40, left: 64, right: 24 };
const PANEL_PX = 210; // what the open panel hides on the right of a wide map
export const NARROW_PX = 640;

export class Camera {
  /** `memory` keeps the place from one mount to the next; `root` gives the room there is. */
  constructor({ memory, root }) {
    Object.assign(this, { memory, root });
    this.isFitPending = false;
  }

  /** The place a new map opens on, in MapLibre's options. */
  opening(view) {
    const { place, view: lastView } = this.memory;
    if (place && isSame(lastView, view)) return place;
    this.memory.view = view;
    this.isFitPending = this.root.clientWidth === 0;
    return { bounds: corners(view), fitBoundsOptions: this.framing() };
  }

  attach(map, { onMove }) {
    this.map = map;
    map.on("moveend", () => {
      this.memory.place = { center: map.getCenter().toArray(), zoom: map.getZoom() };
      onMove();
    });
    // A map born in a closed tab has no size yet: it is framed when the tab opens.
    map.on("resize", () => this.isFitPending && this.fit(this.memory.view));
  }

  /** Move only when Python asks for another view than the last time. */
  follow(view) {
    if (!isSame(this.memory.view, view)) this.fit(view);
  }

  fit(view) {
    this.memory.view = view;
    this.isFitPending = this.root.clientWidth === 0;
    if (!this.isFitPending) this.map.fitBounds(corners(view), this.framing());
  }

  framing() {
    const isRoomy = this.memory.isPanelOpen && this.root.clientWidth >= NARROW_PX;
    const padding = { ...PADDING_PX, right: isRoomy ? PANEL_PX : PADDING_PX.right };
    return { padding, animate: false, maxZoom: 17 };
  }
}

export const corners = ({ west, south, east, north }) => [[west, south], [east, north]];
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
