// Drawing and editing polygons with terra-draw, with undo, redo and stable identifiers.
import {
  TerraDraw,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
  TerraDrawSelectMode,
  ValidateNotSelfIntersecting,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { areaHa } from "./area.js";
import { commit, redo, startHistory, undo } from "./history.js";

const COORDINATE_DECIMALS = 7; // about 1 cm, as RFC 7946 advises
const CLICK_TAIL_MS = 300; // the click that closes a drawing must not also choose a parcel
const TERRA_MODE = { navigate: "static", polygon: "polygon", rectangle: "rectangle", edit: "select" };
const COLOUR = "#b3146f";

export class Drawing {
  /** Listeners: `onState()` after any change of mode or history, `onCommit(drawings)`, `onMeasure(ha)`. */
  constructor(map, listeners) {
    Object.assign(this, listeners);
    this.mode = "navigate";
    this.selectedId = null;
    this.history = startHistory([]);
    this.lastFinish = -Infinity;
    this.terra = createTerraDraw(map);
    this.terra.start();
    this.listen();
  }

  listen() {
    this.terra.on("finish", (id, { action }) => this.finished(action));
    this.terra.on("change", (ids) => this.measure(ids));
    this.terra.on("select", (id) => this.choose(id));
    this.terra.on("deselect", () => this.choose(null));
  }

  /** The state the toolbar shows. */
  get state() {
    return {
      mode: this.mode,
      canUndo: this.history.past.length > 0,
      canRedo: this.history.future.length > 0,
      canRemove: this.selectedId !== null,
    };
  }

  get isIdle() {
    return this.mode === "navigate" && performance.now() - this.lastFinish > CLICK_TAIL_MS;
  }

  setMode(mode) {
    this.mode = mode;
    this.terra.setMode(TERRA_MODE[mode]);
    if (mode !== "edit") this.choose(null);
    this.onState();
  }

  /** Forget the history and show exactly `drawings`. */
  restore(drawings) {
    this.history = startHistory(drawings);
    this.redraw();
  }

  /** Add a finished polygon, as if it had been drawn by hand. */
  add(ring) {
    const coordinates = [ring.map((position) => position.map(rounded))];
    const added = { drawing_id: newId(), geometry: { type: "Polygon", coordinates } };
    this.record([...this.history.present, added]);
    this.redraw();
  }

  removeSelected() {
    if (this.selectedId === null) return;
    const kept = this.history.present.filter(({ drawing_id: id }) => id !== this.selectedId);
    this.record(kept);
    this.redraw();
  }

  step(direction) {
    if (this.terra.getModeState() === "drawing") {
      this.setMode(this.mode); // what is half drawn is given up, what is finished stays
      return;
    }
    const history = { undo, redo }[direction](this.history);
    if (history.present === this.history.present) return;
    this.history = history;
    this.redraw();
    this.onCommit(history.present);
  }

  /** Select the drawing under a position, ready to edit; false when there is none. */
  selectAt(lngLat) {
    const [hit] = this.terra.getFeaturesAtLngLat(lngLat, { pointerDistance: 4 });
    if (!hit) return false;
    this.setMode("edit");
    this.terra.selectFeature(hit.id);
    return true;
  }

  finished(action) {
    this.record(readDrawings(this.terra));
    if (action !== "draw") return;
    this.lastFinish = performance.now();
    this.onMeasure(null);
    // terra-draw is still inside its own event: the mode changes once it is out of it.
    queueMicrotask(() => this.setMode("navigate"));
  }

  record(drawings) {
    this.history = commit(this.history, drawings);
    this.onCommit(drawings);
    this.onState();
  }

  redraw() {
    const { mode } = this;
    this.choose(null);
    this.terra.setMode("static");
    this.terra.clear();
    this.terra.addFeatures(this.history.present.map(terraFeature));
    this.terra.setMode(TERRA_MODE[mode]);
    this.onState();
  }

  choose(id) {
    this.selectedId = id;
    this.onMeasure(id === null ? null : areaOf(this.terra.getSnapshotFeature(id)));
    this.onState();
  }

  measure(ids) {
    const active = ids.map((id) => this.terra.getSnapshotFeature(id)).find(isPolygon);
    const isDrawing = this.mode === "polygon" || this.mode === "rectangle";
    if (active && (isDrawing || active.id === this.selectedId)) this.onMeasure(areaOf(active));
  }

  destroy() {
    this.terra.stop();
  }
}

const isPolygon = (feature) => feature?.geometry.type === "Polygon";
const areaOf = (feature) => (isPolygon(feature) ? areaHa(feature.geometry) : null);
const rounded = (degrees) => Number(degrees.toFixed(COORDINATE_DECIMALS));

function readDrawings(terra) {
  return terra.getSnapshot()
    .filter((feature) => isPolygon(feature) && !feature.properties.currentlyDrawing)
    .map(({ id, geometry }) => ({ drawing_id: id, geometry }));
}

// Once finished, a rectangle is a polygon whose corners move freely.
function terraFeature({ drawing_id: id, geometry }) {
  return { type: "Feature", id, geometry, properties: { mode: "polygon" } };
}

function createTerraDraw(map) {
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: COORDINATE_DECIMALS }),
    idStrategy: { isValidId: (id) => typeof id === "string" && id !== "", getId: newId },
    modes: [polygonMode(), rectangleMode(), selectMode()],
  });
}

const polygonMode = () => new TerraDrawPolygonMode({
  pointerDistance: 20,
  validation: refuseCrossing,
  styles: { ...PLAIN, closingPointColor: COLOUR, closingPointWidth: 6 },
});

const rectangleMode = () => new TerraDrawRectangleMode({
  drawInteraction: "click-move-or-drag",
  styles: PLAIN,
});

function selectMode() {
  const coordinates = { draggable: true, deletable: true, midpoints: { draggable: true } };
  const feature = { draggable: true, coordinates, validation: refuseCrossing };
  return new TerraDrawSelectMode({
    pointerDistance: 14,
    flags: { polygon: { feature }, rectangle: { feature } },
    // Deleting goes through the toolbar, so that it can be undone.
    keyEvents: { deselect: "Escape", delete: null, rotate: null, scale: null },
    styles: SELECTED,
  });
}

function refuseCrossing(feature, { updateType }) {
  const isSettled = updateType === "finish" || updateType === "commit";
  return isSettled ? ValidateNotSelfIntersecting(feature) : { valid: true };
}

const PLAIN = { fillColor: COLOUR, fillOpacity: 0.12, outlineColor: COLOUR, outlineWidth: 2.5 };

const SELECTED = {
  selectedPolygonColor: COLOUR,
  selectedPolygonFillOpacity: 0.2,
  selectedPolygonOutlineColor: COLOUR,
  selectedPolygonOutlineWidth: 3,
  selectionPointColor: "#ffffff",
  selectionPointOutlineColor: COLOUR,
  selectionPointOutlineWidth: 2,
  selectionPointWidth: 6,
  midPointColor: COLOUR,
  midPointOutlineColor: "#ffffff",
  midPointOutlineWidth: 1,
  midPointWidth: 4,
};

// crypto.randomUUID exists only over HTTPS; a planner's server may be plain HTTP.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
