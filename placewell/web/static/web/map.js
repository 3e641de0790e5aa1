// Draws the GeoJSON that stands in the page; no tiles are fetched from anywhere.
const COLOURS = { home: "#0f4c4a", child: "#b3541e", school: "#3d6d9e", near: "#a8690a", short: "#b3541e", enough: "#0f4c4a" };
const lines = ["#0f4c4a", "#b3541e", "#3d6d9e", "#7a4a86", "#8a6d00", "#4f7a3a"];
let drawn = 0;
const geography = JSON.parse(document.getElementById("map-geography").textContent);
const map = window.L.map(document.querySelector("[data-map]"), { attributionControl: false, zoomControl: true });

const words = ({ label, url }) => {
  const element = document.createElement(url ? "a" : "span");
  element.textContent = label;
  if (url) element.href = url;
  return element;
};
const layer = window.L.geoJSON(geography, {
  style: ({ geometry }) => (geometry.type === "Point" ? {} : geometry.type === "LineString" ? { color: lines[drawn++ % lines.length], weight: 3, opacity: 0.75 } : { color: "#5b6b69", weight: 1.5, fillColor: "#b8c9c6", fillOpacity: 0.35 }),
  pointToLayer: ({ properties }, where) =>
    window.L.circleMarker(where, { radius: (properties.kind === "child" ? 10 : 7) + (properties.size ?? 0), color: COLOURS[properties.kind] ?? COLOURS.home, fillOpacity: 0.7, weight: 2 }),
  onEachFeature: ({ properties }, shape) =>
    shape.bindPopup(words(properties)).bindTooltip(words({ label: properties.tag || properties.label }), { permanent: Boolean(properties.tag), direction: properties.tag ? "right" : "auto", className: properties.tag ? "pw-map__tag" : "" }),
}).addTo(map);
// a way that leads far round (a ring of miles) is seen by zooming out; areas and points are what is looked at
const near = geography.features.some(({ geometry }) => geometry.type === "Polygon");
const bounds = window.L.latLngBounds([]);
layer.eachLayer((shape) => (near && shape.feature.geometry.type === "LineString" ? null : bounds.extend(shape.getBounds ? shape.getBounds() : shape.getLatLng())));
if (geography.features.length) map.fitBounds(bounds.pad(0.1), { maxZoom: 13 });
else map.setView([52.5, -1.5], 6);
