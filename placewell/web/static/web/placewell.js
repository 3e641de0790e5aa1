// Makes pages better; every page works without it.
import { initAll } from "../vendor/govuk.js";

initAll();

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
