// A plain layer, as Python sends it; each test says what differs.

const STYLE = {
  colour: "#123456",
  colour_by: null,
  fill_opacity_share: 0.5,
  outline_colour: "",
  outline_width_px: 1,
  line_width_px: 2,
  dash: [],
  radius_px: 6,
  label_from_zoom: null,
};

export const layer = ({ style = {}, ...changes } = {}) => ({
  layer_id: "sites",
  title_fr: "Sites",
  url: "/jalon/layers/0.geojson",
  kind: "fill",
  id_property: "id",
  label_property: "label",
  legend: [],
  is_visible: true,
  is_clickable: true,
  ...changes,
  style: { ...STYLE, ...style },
});
