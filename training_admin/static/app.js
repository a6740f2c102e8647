// Small comforts; every page works without them.
(function () {
  "use strict";

  // Say that work is under way, and keep an impatient second click from sending the form twice.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-busy]")) { return; }
    if (form.classList.contains("is-busy")) { event.preventDefault(); return; }
    form.classList.add("is-busy");
    form.querySelectorAll("button").forEach(function (button) { button.setAttribute("aria-disabled", "true"); });
  });

  // Coming back with the browser's button finds the form ready again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form.is-busy").forEach(function (form) {
      form.classList.remove("is-busy");
      form.querySelectorAll("button").forEach(function (button) { button.removeAttribute("aria-disabled"); });
    });
  });

  document.addEventListener("click", function (event) {
    var target = event.target.closest("[data-print]");
    if (target) { window.print(); }
  });

  // J and K walk through the rows of a list of work, Enter opens the claim as on any link.
  document.addEventListener("keydown", function (event) {
    if ((event.key !== "j" && event.key !== "k") || event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (event.target.closest("input, textarea, select")) { return; }
    var links = Array.prototype.slice.call(document.querySelectorAll("[data-rows] tbody th a"));
    if (!links.length) { return; }
    var next = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    links[Math.max(0, Math.min(links.length - 1, next))].focus();
  });

  // On paper every folded part is open.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    folded.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (part) { part.open = false; });
  });
})();
