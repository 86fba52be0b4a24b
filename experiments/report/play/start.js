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
    // Shown first, as what is drawn must know its size. An SVG element has no property `hidden`.
    const live = [...root.querySelectorAll("[hidden][data-live]")];
    live.forEach((element) => element.removeAttribute("hidden"));
    try {
      kinds[root.dataset.play](root);
    } catch (error) {
      // No dead controls: the numbers stay as they are without a script, and the others are started.
      live.forEach((element) => element.setAttribute("hidden", ""));
      console.error(error);
    }
  }
})();
