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

addEventListener("beforeunload", (event) => {
  if (changed.size > 0 && ![...changed].some((form) => form.dataset.sent)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form");
  if (form) form.requestSubmit();
});
