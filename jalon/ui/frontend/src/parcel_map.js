// The map of one page: it lives as long as its element and obeys what Python last said.
import { Map as MapLibreMap, ScaleControl } from "maplibre-gl";
import { basemap, basemapSource, NO_BASEMAP } from "./basemaps.js";
import { Camera, corners, NARROW_PX } from "./camera.js";
import { Drawing } from "./drawing.js";
import { EMPTY_STYLE, LayerStack } from "./layer_stack.js";
import { recall } from "./memory.js";
import { createPage } from "./page.js";
import { createPanel } from "./panel.js";
import { Pointer } from "./pointer.js";
import { LOCALE, MODE_HINTS, TEXT } from "./text_fr.js";
import { createToolbar } from "./toolbar.js";

const BASEMAP = "jalon-basemap";

export class ParcelMap {
  /** `send(name, value)` tells Python that the user clicked or drew. */
  constructor(parent, order, send) {
    Object.assign(this, { order, send, key: order.map_key });
    this.memory = recall(order.map_key);
    this.revision = -1; // of the drawings on screen: older than any Python gives
    this.buildPage(parent);
    this.camera = new Camera({ memory: this.memory, root: this.root });
    this.map = this.buildMap();
    this.stack = new LayerStack(this.map);
    this.map.once("style.load", () => this.start());
  }

  buildPage(parent) {
    this.memory.isPanelOpen ??= parent.host.clientWidth === 0 || parent.host.clientWidth >= NARROW_PX;
    this.toolbar = createToolbar({ canDraw: this.order.can_draw, press: (name) => this.press(name) });
    this.panel = createPanel({
      isOpen: this.memory.isPanelOpen,
      onToggle: (isOpen) => { this.memory.isPanelOpen = isOpen; },
      onLayer: (id, isVisible) => this.showLayer(id, isVisible),
      onBasemap: (id) => this.showBasemap(id),
    });
    this.page = createPage({ toolbar: this.toolbar, panel: this.panel });
    this.root = this.page.root;
    this.page.setHeight(this.order.height_px);
    parent.append(this.root);
  }

  buildMap() {
    const map = new MapLibreMap({
      container: this.page.viewport,
      style: EMPTY_STYLE,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxZoom: 20,
      maxBounds: corners(this.order.limits), // beyond, Lambert-93 would not measure a drawing
      locale: LOCALE,
      ...this.camera.opening(this.order.view),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new ScaleControl({ maxWidth: 110, unit: "metric" }), "bottom-left");
    map.on("error", ({ sourceId, error }) => this.reportFailure(sourceId, error));
    map.on("idle", () => this.page.setReady(true));
    return map;
  }

  start() {
    if (this.order.can_draw) this.drawing = this.buildDrawing();
    this.pointer = this.buildPointer();
    this.camera.attach(this.map, { onMove: () => this.isKeyboardOnMap() && this.pointer.hoverCentre() });
    this.root.addEventListener("keydown", (event) => this.pressKey(event));
    this.isStarted = true;
    this.apply();
    this.showBasemap(this.memory.basemap ?? NO_BASEMAP);
    this.showState();
  }

  buildDrawing() {
    return new Drawing(this.map, {
      onState: () => this.showState(),
      onMeasure: (ha) => this.page.sayArea(ha),
      onCommit: (drawings) => this.send("drawings", { revision: this.revision, drawings }),
    });
  }

  buildPointer() {
    return new Pointer({
      map: this.map,
      stack: this.stack,
      tooltip: this.page.tooltip,
      isFree: () => this.drawing?.isIdle ?? true,
      choose: (chosen, lngLat) => (chosen ? this.send("clicked", chosen) : this.drawing?.selectAt(lngLat)),
    });
  }

  /** Obey a new order from Python; the view and the drawings move only when it says so. */
  update(order) {
    this.order = order;
    this.page.setHeight(order.height_px);
    if (this.isStarted) this.apply();
  }

  apply() {
    this.page.setReady(false);
    this.followVisibility();
    this.syncLayers();
    this.stack.emphasise("selected", this.order.selected);
    this.camera.follow(this.order.view);
    if (this.drawing && this.order.drawings.revision > this.revision) this.restoreDrawings();
    this.map.triggerRepaint(); // an idle event follows, even when nothing changed
  }

  // What Python asks wins only when it changes its mind; otherwise the user's choice stays.
  followVisibility() {
    const { visibility } = this.memory;
    for (const { layer_id: id, is_visible: asked } of this.order.map_layers) {
      if (visibility[id]?.asked !== asked) visibility[id] = { asked, shown: asked };
    }
  }

  syncLayers() {
    const { visibility } = this.memory;
    const layers = this.order.map_layers.map((layer) => (
      { ...layer, is_visible: visibility[layer.layer_id].shown }
    ));
    this.stack.sync(layers);
    this.showPanel(layers);
  }

  // Drawn again only when it differs, so that a rerun never takes the focus off a checkbox.
  showPanel(layers) {
    const content = JSON.stringify(layers.map(({ url, ...said }) => said));
    if (content === this.panelContent) return;
    this.panelContent = content;
    this.panel.show([...layers].reverse(), this.memory.basemap);
  }

  showLayer(id, isVisible) {
    this.memory.visibility[id].shown = isVisible;
    this.stack.sync(this.stack.layers.map((layer) => (
      layer.layer_id === id ? { ...layer, is_visible: isVisible } : layer
    )));
  }

  restoreDrawings() {
    this.revision = this.order.drawings.revision;
    this.drawing.restore(this.order.drawings.drawings);
  }

  showBasemap(id) {
    const { map } = this;
    const chosen = basemap(id);
    this.memory.basemap = chosen.id;
    if (map.getLayer(BASEMAP)) map.removeLayer(BASEMAP);
    if (map.getSource(BASEMAP)) map.removeSource(BASEMAP);
    this.page.credit(chosen.attribution);
    this.page.say("");
    if (chosen.id === NO_BASEMAP) return;
    map.addSource(BASEMAP, basemapSource(chosen));
    map.addLayer({ id: BASEMAP, type: "raster", source: BASEMAP }, map.getLayersOrder()[0]);
  }

  reportFailure(source, error) {
    const layer = this.stack.layerOf(source);
    if (source === BASEMAP) this.page.say(TEXT.basemapFailed);
    else if (layer) this.page.say(TEXT.layerFailed(layer.title_fr));
    else console.warn(error);
  }

  isKeyboardOnMap() {
    return this.page.viewport.matches(":has(:focus-visible)");
  }

  pressKey(event) {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (event.key === "Enter" && event.target === this.map.getCanvas()) this.pointer.clickCentre();
    else if (event.key === "Delete") this.drawing?.removeSelected();
    else if (event.key === "Escape") this.drawing?.setMode("navigate");
    else if (isUndo) this.drawing?.step(event.shiftKey ? "redo" : "undo");
  }

  press(name) {
    const actions = {
      zoomIn: () => this.map.zoomIn(),
      zoomOut: () => this.map.zoomOut(),
      home: () => this.camera.fit(this.order.view),
      fullscreen: () => this.toggleFullscreen(),
      extent: () => this.drawing.add(ringOf(this.map.getBounds())),
      remove: () => this.drawing.removeSelected(),
      undo: () => this.drawing.step("undo"),
      redo: () => this.drawing.step("redo"),
    };
    (actions[name] ?? (() => this.takeTool(name)))();
  }

  takeTool(mode) {
    this.drawing.setMode(mode);
    this.map.getCanvas().focus({ preventScroll: true }); // Enter and Escape go to the drawing
  }

  toggleFullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen();
  }

  showState() {
    const { mode, ...state } = this.drawing?.state ?? { mode: "navigate" };
    this.toolbar.show({ mode, ...state });
    if (mode === this.saidMode) return;
    this.saidMode = mode;
    this.page.say(MODE_HINTS[mode]);
    this.pointer?.leave();
  }

  destroy() {
    this.drawing?.destroy();
    this.map.remove();
    this.root.remove();
  }
}

function ringOf(box) {
  const [[west, south], [east, north]] = box.toArray();
  return [[west, south], [east, south], [east, north], [west, north], [west, south]];
}
