// Search fields work without this script. It lists what may be about to be typed, as an editable
// combobox with a listbox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). What it says stands
// in the attributes of the field; where nothing is answered, there is no list.
"use strict";

{
  const PAUSE = 120; // milliseconds without a letter before it is asked
  const LETTERS = 2;
  const RETURNING = ["ArrowLeft", "ArrowRight", "Home", "End"]; // to the text

  function element(name, attributes, ...children) {
    const one = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    one.append(...children);
    return one;
  }

  function suggest(input) {
    const said = input.dataset;
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const list = element("div", {
      id: `${input.id}-list`, class: "suggestions", role: "listbox", "aria-label": said.suggestLabel,
    });
    const status = element("p", { class: "visually-hidden", role: "status" });
    let suggestions = [];
    let active = -1;
    let timer;
    let asked = new AbortController();

    function counted(texts, count) {
      return (count === 1 ? texts.one : texts.other).replace("{n}", number.format(count));
    }

    function option(suggestion, at) {
      const pieces = suggestion.segments.map((one) => (one.hit ? element("b", {}, one.text) : one.text));
      const kind = said[`suggest${suggestion.kind[0].toUpperCase()}${suggestion.kind.slice(1)}`];
      const texts = { one: said.suggestCountOne, other: said.suggestCount };
      const count = suggestion.kind === "title" ? "" : counted(texts, suggestion.count);
      const one = element(
        "div", { id: `${list.id}-${at}`, role: "option", "aria-selected": "false" },
        element("bdi", {}, ...pieces), " ",
        element("span", { class: "kind" }, kind), " ",
        element("span", { class: "count" }, count),
      );
      one.addEventListener("click", () => go(at));
      return one;
    }

    function activate(at) {
      list.children[active]?.setAttribute("aria-selected", "false");
      active = at;
      const one = list.children[at];
      one?.setAttribute("aria-selected", "true");
      one?.scrollIntoView({ block: "nearest" });
      if (one) input.setAttribute("aria-activedescendant", one.id);
      else input.removeAttribute("aria-activedescendant");
    }

    function show(found) {
      activate(-1);
      suggestions = found;
      list.replaceChildren(...found.map(option));
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
    }

    // Whatever is still on its way comes too late.
    function close() {
      clearTimeout(timer);
      asked.abort();
      show([]);
      status.textContent = "";
    }

    function go(at) {
      const target = new URL(said.suggestRoot + suggestions[at].links.html, location);
      for (const one of input.form.querySelectorAll("[name=listed]")) {
        target.searchParams.append("listed", one.value);
      }
      const { href } = target;
      close();
      location.assign(href);
    }

    async function ask() {
      const q = input.value.trim();
      if ((q.match(/[\p{L}\p{N}]/gu) || []).length < LETTERS) {
        close();
        return;
      }
      asked.abort();
      asked = new AbortController();
      const { signal } = asked;
      const address = new URL(said.suggest, location);
      address.searchParams.set("q", q);
      try {
        const answer = await fetch(address, { signal });
        if (!answer.ok) throw new Error(answer.statusText);
        const found = (await answer.json()).suggestions;
        if (signal.aborted) return;
        show(found);
        const texts = { one: said.suggestFoundOne, other: said.suggestFound };
        status.textContent = found.length ? counted(texts, found.length) : said.suggestNone;
      } catch {
        if (!signal.aborted) close();
      }
    }

    function wait() {
      clearTimeout(timer);
      activate(-1);
      timer = setTimeout(ask, PAUSE);
    }

    function onKey(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      const count = suggestions.length;
      if (event.key === "ArrowDown" && !count) ask();
      else if (event.key === "ArrowDown") activate((active + 1) % count);
      else if (event.key === "ArrowUp" && count) activate(active > 0 ? active - 1 : count - 1);
      else if (event.key === "Enter" && active >= 0) go(active);
      else if (event.key === "Escape" && count) close();
      else if (event.key === "Escape" && input.value) input.value = "";
      else {
        if (RETURNING.includes(event.key)) activate(-1);
        return;
      }
      event.preventDefault();
    }

    list.hidden = true;
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": list.id,
      "aria-expanded": "false",
    })) input.setAttribute(name, value);
    input.parentElement.classList.add("suggests");
    input.parentElement.append(list, status);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    input.addEventListener("keydown", onKey);
    input.addEventListener("input", (event) => event.isComposing || wait());
    input.addEventListener("compositionend", wait);
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", close);
    window.addEventListener("pagehide", close);
  }

  document.querySelectorAll("input[data-suggest]").forEach(suggest);
}
