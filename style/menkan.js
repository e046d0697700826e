// Only adds: every page works without it. No form is sent twice by a double click, a form that was
// changed is not left by mistake, and Ctrl+Enter sends the form one is writing in.
"use strict";

const changed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[method=post]");
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  changed.delete(form);
  // A form that hands over a file leaves the page as it is: it may be sent again.
  if (form.method === "post" && !("handsOver" in form.dataset)) {
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  }
});

// Going back shows the page as it was left: its forms may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// A page that is made to be printed has a button for it where there is a script.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

addEventListener("beforeunload", (event) => {
  if (changed.size > 0 && ![...changed].some((form) => form.dataset.sent)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form");
  if (form) form.requestSubmit();
});

// Characters that are written in two ways: each the first of a pair is looked for as the second.
const ALIKE = "臺台証證裏裡峯峰羣群啓啟脚腳爲為强強説說温溫内內衆眾户戶黄黃録錄産產衞衛鷄雞匯滙";
const twins = new Map(ALIKE.match(/../gu).map((pair) => [...pair]));
const plain = (text) => [...text.normalize("NFKC").toLowerCase()].map((letter) => twins.get(letter) ?? letter).join("");

// A long list is searched as one types (the combobox pattern): the select below stays what is sent.
function combobox(pick) {
  const select = pick.querySelector("select") ?? pick.appendChild(document.createElement("select"));
  const entries = pick.dataset.entries;
  const input = pick.querySelector("input:not([type=hidden])") ?? document.createElement("input");
  if (entries) {
    select.name = entries;
    pick.querySelector("button").hidden = true;
  } else {
    for (const name of ["id", "aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
      select.removeAttribute(name);
    }
    input.autocomplete = "off";
    select.before(input);
  }
  select.hidden = true;
  const list = document.createElement("ul");
  Object.assign(list, { id: `${input.id}-found`, className: "found", role: "listbox", hidden: true });
  const said = pick.querySelector("p") ?? document.createElement("p");
  if (!entries) said.className = "hidden";
  said.setAttribute("role", "status");
  // Below the whole line: what was found covers neither the box nor how much it was.
  const line = input.closest(".pick-line") ?? input;
  line.after(said);
  said.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  const all = entries ? [] : [...select.options].filter((one) => one.value).map(({ value, label, dataset }) => ({ value, label, also: dataset.also ?? "" }));
  const label = () => (select.value ? select.selectedOptions[0].label : "");
  const finds = `find-${select.name}`;
  const missed = document.createElement("p");
  Object.assign(missed, { className: "error", hidden: true });
  missed.setAttribute("role", "alert");
  pick.before(missed);
  for (const before of pick.querySelectorAll("input[type=hidden]")) before.remove();
  let kept = { value: select.value, label: label() };
  let found = [];
  let at = -1;
  let asked = 0;
  let timer;
  if (pick.dataset.words) input.value = pick.dataset.words;
  else if (!input.value || select.value) input.value = label();
  stands(input.value === label() ? "" : input.value);

  // Words that nothing was chosen by are sent as they stand, never what was chosen before them.
  function stands(words) {
    input.name = words ? finds : "";
  }

  function keep() {
    select.value = kept.value;
    input.value = kept.label;
    said.textContent = "";
    stands("");
    tell("");
  }

  function tell(words) {
    missed.hidden = !words;
    missed.textContent = words ? pick.dataset.unchosen.replace("%", words) : "";
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  // What is known by the very words, if it is the only one.
  function known(words) {
    const names = (one) => [one.value, one.label, ...(one.also ?? "").split(" ")].map(plain);
    const same = found.filter((one) => names(one).includes(plain(words.trim())));
    return same.length === 1 ? same[0] : null;
  }

  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function go(to) {
    at = found.length ? (to + found.length) % found.length : -1;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function choose(one) {
    if (entries) select.replaceChildren(new Option("", ""), ...(one ? [new Option(one.label, one.value)] : []));
    kept = { value: one ? one.value : "", label: one ? one.label : "" };
    keep();
    close();
    select.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show(answer) {
    found = answer.found;
    said.textContent = answer.told ?? "";
    list.replaceChildren(
      ...found.map((one, index) => {
        const item = document.createElement("li");
        Object.assign(item, { id: `${list.id}-${index}`, role: "option", textContent: one.label });
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(one));
        return item;
      }),
    );
    list.hidden = found.length === 0;
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    at = -1;
    for (const item of list.children) item.setAttribute("aria-selected", "false");
    input.removeAttribute("aria-activedescendant");
  }

  async function look() {
    const mine = (asked += 1);
    const words = input.value === label() ? "" : input.value;
    if (!entries) {
      const parts = plain(words).split(/\s+/).filter(Boolean);
      return show({ found: all.filter((one) => parts.every((part) => plain(`${one.label} ${one.also}`).includes(part))) });
    }
    const query = new URLSearchParams({ q: words });
    const day = document.getElementById(pick.dataset.day ?? "");
    if (day) query.set("day", day.value);
    const answer = await fetch(`${location.pathname.replace(/\/edit$/, "")}/entries/${entries}?${query}`);
    if (answer.ok && mine === asked) show(await answer.json());
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    select.value = "";
    stands(input.value.trim());
    select.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
    timer = setTimeout(look, entries ? 120 : 0);
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => list.hidden && look());
  input.addEventListener("blur", () => {
    close();
    if (input.value === label()) return;
    if (input.value === kept.label) return keep();
    const one = known(input.value);
    if (!input.value.trim() || one) choose(one);
    else tell(input.value);
  });
  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) look();
      else go(event.key === "ArrowDown" ? at + 1 : Math.max(at, 0) - 1);
    } else if (event.key === "Enter" && (at >= 0 || !list.hidden || entries)) {
      event.preventDefault();
      if (at >= 0) choose(found[at]);
      else look();
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      keep();
      close();
    }
  });
}

for (const pick of document.querySelectorAll(".pick")) combobox(pick);

// What is asked for only where something else was answered is shown there, and where something was typed
// into it: that is never lost unseen.
function isAsked(when, form) {
  if (typeof when === "boolean") return when;
  const [sign, ...rest] = when;
  if (sign === "not") return !isAsked(rest[0], form);
  if (sign === "all") return rest.every((one) => isAsked(one, form));
  if (sign === "any") return rest.some((one) => isAsked(one, form));
  const field = form.elements.namedItem(rest[0]);
  if (sign === "ticked") return Boolean(field?.checked);
  const value = (field?.value ?? "").normalize("NFKC").trim();
  if (sign === "filled") return value !== "";
  if (sign === "is") return value === rest[1];
  const [left, right] = [value === "" ? NaN : Number(value.replaceAll(",", "")), Number(rest[1])];
  return { "<": left < right, "<=": left <= right, "=": left === right, ">=": left >= right, ">": left > right }[sign];
}

function showAsked(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const typed = [...part.querySelectorAll("input:not([type=hidden]), textarea, select")];
    const holds = (one) => (one.type === "checkbox" || one.type === "radio" ? one.checked : one.value.trim() !== "");
    part.hidden = !isAsked(JSON.parse(part.dataset.when), form) && !typed.some(holds);
  }
}

for (const form of document.forms) {
  if (!form.querySelector("[data-when]")) continue;
  showAsked(form);
  form.addEventListener("input", () => showAsked(form));
  addEventListener("pageshow", () => showAsked(form));
}
