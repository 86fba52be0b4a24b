// Brings every thing to play with on the page to life, and shows the controls that need this script.
"use strict";
(function () {
  const play = globalThis.relecturePlay;
  const kinds = {
    scrubber: play.scrubber,
    descent: play.descent,
    focal: play.focal,
    confusion: play.confusion,
    hinge: play.hingeTable,
  };
  for (const root of document.querySelectorAll("[data-play]")) {
    // An SVG element has no property `hidden`.
    root.querySelectorAll("[hidden][data-live]").forEach((element) => element.removeAttribute("hidden"));
    kinds[root.dataset.play](root);
  }
})();
