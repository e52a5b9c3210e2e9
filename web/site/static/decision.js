// The decision page works without this script. It adds a button that copies the citation, and
// buttons that step through the places where the searched words stand.
"use strict";

const citation = document.getElementById("hanvisning");
const places = document.querySelector(".places");

function button(text, act) {
  const one = document.createElement("button");
  one.type = "button";
  one.textContent = text;
  one.addEventListener("click", act);
  return one;
}

async function copy() {
  const said = document.querySelector(".copied");
  citation.select();
  try {
    await navigator.clipboard.writeText(citation.value);
    said.textContent = "Hänvisningen är kopierad.";
  } catch {
    said.textContent = "Hänvisningen är markerad. Kopiera den med Ctrl+C.";
  }
}

function step(by) {
  const count = places.querySelectorAll("li").length;
  const at = Number(location.hash.replace("#traff-", "")) || (by > 0 ? 0 : count + 1);
  const next = ((at - 1 + by + count) % count) + 1;
  location.replace(`#traff-${next}`);
  places.querySelectorAll("a").forEach((link, index) => {
    if (index + 1 === next) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

citation.after(button("Kopiera hänvisningen", copy));
if (places && places.querySelectorAll("li").length > 1) {
  const buttons = document.createElement("span");
  buttons.className = "steps";
  buttons.append(button("Föregående", () => step(-1)), button("Nästa", () => step(1)));
  places.append(buttons);
}
