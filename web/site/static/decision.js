// The decision page works without this script. It adds buttons that step through the places where
// the searched words stand; the focus stays on them, so that Enter works again and again.
"use strict";

const places = document.querySelector(".places");
const steps = places && places.querySelector(".steps");
let at = 0;

function step(by) {
  const links = [...places.querySelectorAll("li a")];
  at = at === 0 && by < 0 ? links.length : ((at - 1 + by + links.length) % links.length) + 1;
  links.forEach((link, index) => {
    const here = index + 1 === at;
    if (here) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    document.getElementById(`traff-${index + 1}`).classList.toggle("current", here);
  });
  document.getElementById(`traff-${at}`).scrollIntoView({ block: "center" });
  const said = steps.querySelector("[role=status]");
  said.textContent = said.dataset.said.replace("{number}", at);
}

if (steps && places.querySelectorAll("li").length > 1) {
  steps.hidden = false;
  steps.querySelectorAll("button").forEach((button) => {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  });
}
window.addEventListener("hashchange", () => {
  at = Number((location.hash.match(/^#traff-(\d+)$/) || [0, at])[1]);
});
