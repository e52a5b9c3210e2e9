// The results page works without this script. It saves clicks: a box that is ticked is a search,
// long lists can be filtered by typing, and addresses carry no empty parameters.
"use strict";

const form = document.getElementById("sok");
const facets = document.getElementById("avgransa");
const PLACE = "beslut-plats";

function controls() {
  return [...form.elements].filter((one) => one.name);
}

// Empty fields are left out of the address; q stays, for it makes the address a search.
form.addEventListener("submit", () => {
  const empty = controls().filter((one) => one.name !== "q" && !one.value && !one.disabled);
  empty.forEach((one) => (one.disabled = true));
  setTimeout(() => empty.forEach((one) => (one.disabled = false)));
});

// Coming back to a page shows what its address says, not what was ticked before leaving it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) form.reset();
});

function remember(control) {
  try {
    const place = { id: control.id, top: control.getBoundingClientRect().top, at: Date.now() };
    const value = JSON.stringify([place, control.value]);
    sessionStorage.setItem(PLACE, value);
  } catch {
    // Without storage the page begins at its top.
  }
}

// After a choice the visitor is where the choice was made, and can make the next.
function restore() {
  let place, value;
  try {
    [place, value] = JSON.parse(sessionStorage.getItem(PLACE) || "[]");
    sessionStorage.removeItem(PLACE);
  } catch {
    return;
  }
  if (!place || Date.now() - place.at > 10000) return;
  const same = controls().find((one) => one.type === "checkbox" && one.value === value);
  if (!same) return;
  const hidden = same.closest("details");
  if (hidden) hidden.open = true;
  same.focus({ preventScroll: true });
  window.scrollBy(0, same.getBoundingClientRect().top - place.top);
}

function searchOnChange() {
  facets.addEventListener("change", (event) => {
    if (event.target.type !== "checkbox") return;
    remember(event.target);
    form.requestSubmit();
  });
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = "Sidan uppdateras när du kryssar i ett val.";
  facets.querySelector("h2").after(note);
}

function filterByTyping(facet) {
  const rest = facet.querySelector("details");
  if (!rest) return;
  const items = [...facet.querySelectorAll("li")];
  const name = facet.querySelector("legend").textContent;
  const id = `filter-${facet.dataset.facet}`;
  const label = document.createElement("label");
  label.className = "visually-hidden";
  label.htmlFor = id;
  label.textContent = `Filtrera listan ${name}`;
  const input = document.createElement("input");
  input.type = "search";
  input.id = id;
  input.autocomplete = "off";
  input.placeholder = "Filtrera listan";
  const said = document.createElement("p");
  said.className = "note";
  said.setAttribute("role", "status");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase("sv");
    let shown = 0;
    for (const item of items) {
      const text = item.querySelector(".value").textContent.toLocaleLowerCase("sv");
      item.hidden = !text.includes(wanted);
      shown += item.hidden ? 0 : 1;
    }
    rest.open = wanted !== "";
    said.textContent = wanted ? `${shown} av ${items.length} visas` : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  facet.querySelector("legend").after(label, input, said);
}

// An open menu closes when one clicks beside it or presses Escape.
function closeMenus() {
  const menus = [...document.querySelectorAll("details.menu")];
  document.addEventListener("click", (event) => {
    menus.filter((menu) => !menu.contains(event.target)).forEach((menu) => (menu.open = false));
  });
  document.addEventListener("keydown", (event) => {
    const open = menus.find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

if (facets) {
  searchOnChange();
  facets.querySelectorAll("fieldset").forEach(filterByTyping);
  restore();
}
closeMenus();
