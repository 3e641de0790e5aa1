// Makes pages better; every page works without it.
import { initAll } from "../vendor/govuk.js";

initAll();

// A draft is saved as it is typed; without this it is saved at each step.
const saved = document.querySelector("[data-autosave]");
const draft = saved?.parentElement.querySelector("form");
if (draft) {
  let waiting;
  const save = async () => {
    try {
      const answer = await fetch(location.href, { method: "POST", body: new FormData(draft), headers: { "X-Autosave": "1" } });
      const at = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      saved.textContent = answer.ok ? `Saved at ${at}.` : "Not saved yet: something is missing on this page.";
    } catch {
      saved.textContent = "Not saved: no connection. It will be tried again.";
    }
  };
  draft.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 1000);
  });
}

// A long list becomes a search box.
const picks = document.querySelectorAll("select[data-pick]");
if (picks.length) {
  const script = document.createElement("script");
  script.src = new URL("../vendor/autocomplete.js", import.meta.url);
  script.addEventListener("load", () => {
    for (const select of picks) {
      const chosen = select.value ? select.selectedOptions[0].text : "";
      window.accessibleAutocomplete.enhanceSelectElement({ selectElement: select, defaultValue: chosen, showAllValues: true });
    }
  });
  document.head.append(script);
}

// "/" leads to the search from anywhere but a field: the page's own before the frame's.
const find = [...document.querySelectorAll("[data-find]")].at(-1);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || !find || event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  find.focus();
  find.select();
});

// The arrow keys walk from the search through what was found, and back.
const hits = [...document.querySelectorAll("[data-hits] a")];
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [find, ...hits];
  const here = stops.indexOf(document.activeElement);
  if (!step || !hits.length || here < 0 || !stops[here + step]) return;
  event.preventDefault();
  stops[here + step].focus();
});

// The rest of the navigation closes with Escape, and when one looks elsewhere.
const more = document.querySelector("[data-more]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !more?.open) return;
  more.open = false;
  more.querySelector("summary").focus();
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    if (more?.open && !more.contains(event.target)) more.open = false;
  });
}
