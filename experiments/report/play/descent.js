// Gradient descent on one weight, at a learning rate that a slider sets.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  // The losses of the lectures: value, slope, and where there is one the constant curvature.
  play.LOSSES = {
    square: { loss: (w) => w * w, slope: (w) => 2 * w, curvature: 2 },
    example: { loss: (w) => (1.5 * w - 0.5) ** 2, slope: (w) => 4.5 * w - 1.5, curvature: 4.5 },
    dent: {
      loss: (w) => (w * w) / 10 - 0.3 * Math.exp(-50 * (w - 3) ** 2),
      slope: (w) => w / 5 + 30 * (w - 3) * Math.exp(-50 * (w - 3) ** 2),
      curvature: null,
    },
  };

  // Weights w_0, w_1, ..., each the one before minus rate times slope; ends where a weight is no longer finite.
  play.descend = function (slope, start, rate, steps) {
    const path = [start];
    for (let i = 0; i < steps; i++) {
      const next = path[i] - rate * slope(path[i]);
      if (!Number.isFinite(next)) break;
      path.push(next);
    }
    return path;
  };

  // What a rate does on a parabola: every step multiplies the distance to its minimum by 1 - rate * curvature.
  play.regime = function (rate, curvature) {
    const factor = 1 - rate * curvature;
    const near = (value, other) => Math.abs(value - other) < 1e-9;
    if (near(factor, 0)) return "one step reaches the minimum";
    if (near(factor, -1)) return "it jumps from side to side forever";
    if (factor > 0) return "it approaches from one side";
    return factor > -1 ? "it overshoots, and converges" : "it overshoots, and diverges";
  };

  play.descent = function (root) {
    const chart = root.querySelector(".play-chart");
    const [rateSlider, stepSlider] = root.querySelectorAll("input[type='range']");
    const [rateShown, stepsShown] = root.querySelectorAll("output.play-value");
    const status = root.querySelector(".play-status");
    const weights = root.querySelector(".play-weights");
    const { loss, slope, curvature } = play.LOSSES[root.dataset.loss];
    const start = Number(root.dataset.start);
    const x = root.dataset.range.split(" ").map(Number);
    const y = root.dataset.heights.split(" ").map(Number);

    function show() {
      const rate = Number(rateSlider.value);
      const steps = Number(stepSlider.value);
      const path = play.descend(slope, start, rate, steps);
      const end = path[path.length - 1];
      const at = play.frame(chart, { x, y, xLabel: "weight w", yLabel: "loss L(w)" });
      play.curve(chart, at, loss, x, y, "play-curve");
      const inside = path.filter((w, i) => path.slice(0, i + 1).every((v) => v >= x[0] && v <= x[1] && loss(v) <= y[1]));
      const places = inside.map((w) => [at.x(w), at.y(loss(w))]);
      chart.append(play.svg("polyline", { class: "play-path", points: places.map((p) => p.join(",")).join(" ") }));
      places.forEach(([cx, cy], i) => {
        chart.append(play.svg("circle", { class: i === 0 ? "play-start" : "play-dot", cx, cy, r: i === 0 ? 5.5 : 3.6 }));
      });
      rateShown.textContent = play.short(rate);
      stepsShown.textContent = String(steps);
      status.textContent = described(rate, path, inside.length < path.length, end);
      weights.textContent = path.slice(0, 7).map((w, i) => `w${"\u2080\u2081\u2082\u2083\u2084\u2085\u2086"[i]} = ${play.short(w, 6)}`).join(", ") + (path.length > 7 ? ", \u2026" : "");
      chart.setAttribute("aria-label", `The loss by weight, and ${steps} steps of gradient descent from ${start}. ${status.textContent}`);
    }

    function described(rate, path, left, end) {
      const after = `After ${path.length - 1} steps w = ${play.short(end, 6)}, L = ${play.short(loss(end), 4)}`;
      const gone = left ? " (beyond the picture)" : "";
      if (curvature === null) return `${after}${gone}.`;
      const factor = play.short(1 - rate * curvature);
      return `Each step multiplies the distance to the minimum by 1 \u2212 ${play.short(rate)} \u00d7 ${curvature} = ${factor}: ${play.regime(rate, curvature)}. ${after}${gone}.`;
    }

    rateSlider.addEventListener("input", show);
    stepSlider.addEventListener("input", show);
    for (const button of root.querySelectorAll("button[data-rate]")) {
      button.addEventListener("click", () => {
        rateSlider.value = button.dataset.rate;
        show();
      });
    }
    show();
  };
})();
