// Draws the points that stand in the page as data; no tiles are fetched from anywhere.
const COLOURS = { home: "#0f4c4a", child: "#b3541e", school: "#4c7fb0", near: "#d99a2b" };
const points = JSON.parse(document.getElementById("map-points").textContent);
const map = window.L.map(document.querySelector("[data-map]"), { attributionControl: false, zoomControl: true });
const layer = window.L.featureGroup();
for (const { latitude, longitude, label, kind, url } of points) {
  const words = document.createElement(url ? "a" : "span");
  words.textContent = label;
  if (url) words.href = url;
  window.L.circleMarker([latitude, longitude], { radius: kind === "child" ? 10 : 7, color: COLOURS[kind] ?? COLOURS.home, fillOpacity: 0.7, weight: 2 })
    .bindPopup(words)
    .bindTooltip(label)
    .addTo(layer);
}
layer.addTo(map);
if (points.length) map.fitBounds(layer.getBounds().pad(0.1), { maxZoom: 13 });
else map.setView([51.5, 0.35], 10);
