// The door of the component: Streamlit calls `mount` at each run, with the same parent element.
import { setWorkerUrl } from "maplibre-gl";
import styles from "./map.css";
import { element } from "./element.js";
import { ParcelMap } from "./parcel_map.js";
import { TEXT } from "./text_fr.js";

const places = new WeakMap(); // parent element -> { run, send, parcelMap }
const maps = (window.__jalonMap ??= {}); // for browser tests: key -> ParcelMap

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

/** Show what Python orders in `parentElement`; return the function that takes the map away. */
export function mount({ data: order, parentElement, setStateValue, setTriggerValue }) {
  const place = places.get(parentElement) ?? { run: 0 };
  places.set(parentElement, place);
  place.run += 1;
  place.send = (name, value) => (name === "clicked" ? setTriggerValue : setStateValue)(name, value);
  if (place.parcelMap) place.parcelMap.update(order);
  else open(place, parentElement, order);
  return leave(place, parentElement);
}

function open(place, parent, order) {
  setWorkerUrl(new URL(order.worker_url, window.location.origin).href);
  parent.adoptedStyleSheets = [sheet];
  try {
    place.parcelMap = new ParcelMap(parent, order, (name, value) => place.send(name, value));
    maps[order.map_key] = place.parcelMap;
  } catch (error) {
    console.error(error);
    parent.append(element("p", { role: "alert" }, TEXT.unavailable));
  }
}

// Streamlit may call the clean-up of an earlier run after a later one has begun: only the
// clean-up of the last run closes the map.
function leave(place, parent) {
  const { run } = place;
  return () => setTimeout(() => {
    if (place.run !== run || !place.parcelMap) return;
    place.parcelMap.destroy();
    if (maps[place.parcelMap.key] === place.parcelMap) delete maps[place.parcelMap.key];
    places.delete(parent);
  });
}
