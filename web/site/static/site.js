// Every page works without this script. It shows the buttons that copy, and closes open menus.
"use strict";

async function copy(button) {
  const from = document.getElementById(button.dataset.copyFrom);
  if (from) from.select();
  let said = button.dataset.copied;
  try {
    await navigator.clipboard.writeText(from ? from.value : button.dataset.copy);
  } catch {
    said = button.dataset.failed;
  }
  status_.textContent = "";
  status_.textContent = said;
  const before = button.dataset.label || button.textContent;
  button.dataset.label = before;
  button.textContent = said;
  setTimeout(() => (button.textContent = before), 3000);
}

// One place where what a button has done is read out.
const status_ = document.createElement("p");
status_.className = "visually-hidden";
status_.setAttribute("role", "status");
document.body.append(status_);

document.querySelectorAll("button.copy").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
});

// An open menu closes when one clicks beside it or presses Escape.
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
