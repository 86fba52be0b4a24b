// The multiclass SVM loss of a table of scores that can be edited.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  // Sum over the wrong classes of max(0, score - score of the true class + margin).
  play.hinge = (scores, truth, margin) =>
    scores.reduce((total, score, k) => (k === truth ? total : total + Math.max(0, score - scores[truth] + margin)), 0);

  play.hingeTable = function (root) {
    const cells = [...root.querySelectorAll(".play-counts input")];
    const size = Math.round(Math.sqrt(cells.length));
    const printed = cells.map((cell) => cell.value);
    const slider = root.querySelector("input[type='range']");
    const shown = root.querySelector("output.play-value");
    const losses = [...root.querySelectorAll("[data-loss]")];
    const status = root.querySelector(".play-status");

    function show() {
      const margin = Number(slider.value);
      shown.textContent = play.short(margin);
      const values = cells.map((cell) => (cell.value.trim() === "" ? NaN : Number(cell.value)));
      const bad = values.findIndex((value) => !Number.isFinite(value));
      cells.forEach((cell, i) => cell.setAttribute("aria-invalid", String(i === bad)));
      if (bad >= 0) {
        losses.forEach((place) => (place.textContent = "\u2014"));
        status.textContent = "Expected a number in every cell.";
        return;
      }
      // Examples are columns, as on the slide; the example of column k is of class k.
      const each = Array.from({ length: size }, (_, k) =>
        play.hinge(values.filter((_, i) => i % size === k), k, margin)
      );
      losses.forEach((place, k) => (place.textContent = play.short(each[k], 6)));
      const mean = each.reduce((a, b) => a + b, 0) / size;
      status.textContent = `Mean loss: (${each.map((v) => play.short(v, 6)).join(" + ")}) / ${size} = ${play.short(mean, 6)}.`;
    }

    [...cells, slider].forEach((input) => input.addEventListener("input", show));
    const scale = (factor) => {
      cells.forEach((cell) => (cell.value = String(Number((Number(cell.value) * factor).toFixed(6)))));
      show();
    };
    root.querySelector("button[data-act='double']").addEventListener("click", () => scale(2));
    root.querySelector("button[data-act='reset']").addEventListener("click", () => {
      cells.forEach((cell, i) => (cell.value = printed[i]));
      slider.value = "1";
      show();
    });
    show();
  };
})();
