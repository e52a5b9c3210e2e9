// The results page works without this script. It saves clicks: a box that is ticked is a search,
// long lists can be filtered by typing, and addresses carry no empty parameters.
"use strict";

const form = document.getElementById("sok");
const facets = document.getElementById("filter");
const drawer = window.matchMedia("(max-width: 59.99rem)"); // as in style.css
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
    sessionStorage.setItem(PLACE, JSON.stringify([place, control.value]));
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

// In a wide window a choice is a search. In a drawer it is one of several, and the button below
// says how many decisions they would show.
let asking = new AbortController();
async function count() {
  const button = facets.querySelector(".apply button");
  const values = new URLSearchParams(new FormData(form));
  [...values].forEach(([name, value]) => {
    if (!value || name === "listed" || name === "page") values.delete(name, value);
  });
  values.set("limit", "1");
  asking.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`/api/v1/decisions?${values}`, { signal: asking.signal });
    if (!answer.ok) return;
    const total = (await answer.json())._meta.totalRecords;
    const language = document.documentElement.lang;
    button.textContent = button.dataset.count.replace("{count}", total.toLocaleString(language));
  } catch {
    // The button keeps its text, and works.
  }
}

function searchOnChange() {
  facets.addEventListener("change", (event) => {
    if (drawer.matches) {
      count();
    } else if (event.target.type === "checkbox") {
      remember(event.target);
      form.requestSubmit();
    }
  });
  facets.querySelector(".scripted").hidden = false;
}

// The drawer is asked for by its own address, or by that of a field in it.
function isAskedFor() {
  return facets.matches(":target, :has(:target)");
}

// While the drawer is open, what lies under it is out of reach; Escape closes it.
function openDrawer() {
  const isOpen = drawer.matches && isAskedFor();
  const others = [form, ...document.querySelectorAll("header.site, footer.site, .summary, .results")];
  others.forEach((one) => (one.inert = isOpen));
  if (isOpen && !facets.contains(document.activeElement)) facets.focus();
}

function closeDrawer() {
  if (!drawer.matches || !isAskedFor()) return;
  location.hash = "#traffar";
  openDrawer(); // now, as the event comes later, and what is inert takes no focus
  document.querySelector(".to-facets").focus();
}

function filterByTyping(facet) {
  const rest = facet.querySelector("details");
  if (!rest) return;
  const items = [...facet.querySelectorAll("li")];
  const id = `filter-${facet.dataset.facet}`;
  const label = document.createElement("label");
  label.className = "visually-hidden";
  label.htmlFor = id;
  label.textContent = `${facets.dataset.find}: ${facet.querySelector("legend").textContent}`;
  const input = document.createElement("input");
  input.type = "search";
  input.id = id;
  input.autocomplete = "off";
  input.placeholder = facets.dataset.find;
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
    const words = facets.dataset.found.replace("{shown}", shown).replace("{all}", items.length);
    said.textContent = wanted ? words : "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  facet.querySelector("legend").after(label, input, said);
}

if (facets) {
  searchOnChange();
  facets.querySelectorAll("fieldset").forEach(filterByTyping);
  restore();
  openDrawer();
  window.addEventListener("hashchange", openDrawer);
  drawer.addEventListener("change", openDrawer);
  facets.querySelector(".to-hits").addEventListener("click", (event) => {
    event.preventDefault();
    closeDrawer();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeDrawer();
  });
}
