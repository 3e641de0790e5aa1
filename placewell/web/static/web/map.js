// Draws the GeoJSON that stands in the page; no tiles are fetched from anywhere.
const COLOURS = { home: "#0f4c4a", child: "#b3541e", school: "#3d6d9e", near: "#a8690a", short: "#b3541e", enough: "#0f4c4a" };
const LINES = ["#0f4c4a", "#b3541e", "#3d6d9e", "#7a4a86", "#8a6d00", "#4f7a3a"]; // those of pw-key--0 to pw-key--5
const geography = JSON.parse(document.getElementById("map-geography").textContent);
const map = window.L.map(document.querySelector("[data-map]"), { attributionControl: false, zoomControl: true, zoomSnap: 0.25 });
const tags = [];

const words = ({ label, url }) => {
  const element = document.createElement(url ? "a" : "span");
  element.textContent = label;
  if (url) element.href = url;
  return element;
};
const area = ({ shade }) => ({
  color: "#5b6b69",
  weight: shade === null ? 1.5 : 1,
  fillColor: shade === null ? "#b8c9c6" : shade > 0 ? "#b3541e" : "#0f4c4a",
  fillOpacity: shade === null ? 0.35 : shade > 0 ? 0.25 + 0.6 * shade : 0.15,
});
const tagged = (properties, shape) => {
  const is_area = shape.feature.geometry.type !== "Point";
  shape.bindTooltip(words({ label: properties.tag }), { permanent: true, direction: is_area ? "center" : "right", className: "pw-map__tag" });
  tags.push(shape.getTooltip());
};
const layer = window.L.geoJSON(geography, {
  style: ({ geometry, properties }) => (geometry.type === "Point" ? {} : geometry.type === "LineString" ? { color: LINES[properties.colour % LINES.length], weight: 3, opacity: 0.75 } : area(properties)),
  pointToLayer: ({ properties }, where) =>
    window.L.circleMarker(where, { radius: (properties.kind === "child" ? 10 : 7) + (properties.size ?? 0), color: COLOURS[properties.kind] ?? COLOURS.home, fillOpacity: 0.7, weight: 2 }),
  onEachFeature: ({ properties }, shape) => {
    shape.bindPopup(words(properties));
    if (properties.tag) tagged(properties, shape);
    else shape.bindTooltip(words(properties));
  },
}).addTo(map);

// tags that would lie on each other are moved down until they do not, from the top of the map on
const apart = () => {
  const laid = [];
  for (const tag of tags) {
    tag.options.offset = [0, 0];
    tag.update();
  }
  const boxes = tags.map((tag) => ({ tag, box: tag.getElement().getBoundingClientRect() }));
  for (const { tag, box } of boxes.sort((a, b) => a.box.top - b.box.top)) {
    let down = 0;
    for (const other of laid.sort((a, b) => a.top - b.top))
      if (box.left < other.right && other.left < box.right && box.top + down < other.bottom && other.top < box.bottom + down) down = other.bottom - box.top + 2;
    laid.push({ left: box.left, right: box.right, top: box.top + down, bottom: box.bottom + down });
    tag.options.offset = [0, down];
    if (down) tag.update();
  }
};

// a way that leads far round (a ring of miles) is seen by zooming out; areas and points are what is looked at
const near = geography.features.some(({ geometry }) => geometry.type === "Polygon");
const bounds = window.L.latLngBounds([]);
layer.eachLayer((shape) => (near && shape.feature.geometry.type === "LineString" ? null : bounds.extend(shape.getBounds ? shape.getBounds() : shape.getLatLng())));
const look = () => {
  if (geography.features.length) map.fitBounds(bounds.pad(0.04), { maxZoom: 13, animate: false });
  else map.setView([52.5, -1.5], 6);
};
look();
map.on("zoomend resize", apart);
apart();
