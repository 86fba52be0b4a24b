// The focal loss of one example, by the probability of its true class.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  play.focalFactor = (p, gamma) => (1 - p) ** gamma;
  play.focalLoss = (p, gamma, alpha) => -alpha * play.focalFactor(p, gamma) * Math.log(p);

  play.focal = function (root) {
    const chart = root.querySelector(".play-chart");
    const sliders = root.querySelectorAll("input[type='range']");
    const shown = root.querySelectorAll("output.play-value");
    const status = root.querySelector(".play-status");
    const x = [0, 1];
    const y = [0, 5];

    function show() {
      const [gamma, alpha, p] = [...sliders].map((slider) => Number(slider.value));
      const at = play.frame(chart, { x, y, xLabel: "probability p of the true class", yLabel: "loss" });
      const visible = [0.001, 0.999];
      play.curve(chart, at, (v) => play.focalLoss(v, 0, 1), visible, y, "play-curve play-reference", 600);
      play.curve(chart, at, (v) => play.focalLoss(v, gamma, alpha), visible, y, "play-curve play-second", 600);
      const heights = [play.focalLoss(p, 0, 1), play.focalLoss(p, gamma, alpha)];
      chart.append(play.svg("line", { class: "play-rule", x1: at.x(p), x2: at.x(p), y1: at.y(0), y2: at.y(5) }));
      heights.forEach((value, i) => {
        if (value <= y[1]) chart.append(play.svg("circle", { class: i ? "play-start" : "play-dot", cx: at.x(p), cy: at.y(value), r: 5 }));
      });
      [gamma, alpha, p].forEach((value, i) => (shown[i].textContent = play.short(value)));
      const ratio = play.focalLoss(0.1, gamma, 1) / play.focalLoss(0.9, gamma, 1);
      status.textContent =
        `At p = ${play.short(p)}: cross-entropy ${play.short(heights[0])}, factor (1 \u2212 p)^\u03b3 = ` +
        `${play.short(play.focalFactor(p, gamma))}, focal loss ${play.short(heights[1])}. ` +
        `An example at p = 0.1 costs ${play.short(ratio)} times as much as one at p = 0.9.`;
      chart.setAttribute("aria-label", `Cross-entropy and focal loss by the probability of the true class. ${status.textContent}`);
    }

    sliders.forEach((slider) => slider.addEventListener("input", show));
    show();
  };
})();
