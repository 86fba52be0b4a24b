// What the things to play with share: numbers, ticks, the page's colours, plain SVG charts.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  // About `count` round numbers from low to high.
  play.ticks = function (low, high, count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough);
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(i * step);
    return ticks;
  };

  // A number with up to `digits` significant digits, without needless zeros.
  play.short = function (value, digits = 4) {
    if (Math.abs(value) < 1e-12) return "0";
    const text = Number(value.toPrecision(digits));
    return String(text).replaceAll("-", "\u2212");
  };

  // What a custom property of the page is as a colour that a canvas takes.
  play.colour = function (element, property) {
    const probe = document.createElement("span");
    probe.style.color = `var(${property})`;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };

  // Draw again where the page turns dark or light, or the element another size.
  play.onThemeOrSize = function (element, draw) {
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    new MutationObserver(draw).observe(document.documentElement, {
      attributeFilter: ["class", "style", "data-theme"],
    });
    let width = element.clientWidth;
    new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      draw();
    }).observe(element);
  };

  // An SVG element.
  play.svg = function (name, attributes = {}, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };

  // Empty a chart and draw its frame; returns how data become places in it.
  play.frame = function (chart, { x, y, xLabel, yLabel }) {
    const [width, height] = [440, 280];
    const edge = { left: 52, right: 12, top: 10, bottom: 40 };
    const at = {
      x: (value) => edge.left + ((value - x[0]) / (x[1] - x[0])) * (width - edge.left - edge.right),
      y: (value) => height - edge.bottom - ((value - y[0]) / (y[1] - y[0])) * (height - edge.top - edge.bottom),
    };
    chart.replaceChildren();
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const add = (name, attributes, text) => chart.append(play.svg(name, attributes, text));
    for (const tick of play.ticks(x[0], x[1], 6)) {
      add("line", { class: "play-grid", x1: at.x(tick), x2: at.x(tick), y1: edge.top, y2: height - edge.bottom });
      add("text", { class: "play-tick", x: at.x(tick), y: height - edge.bottom + 15, "text-anchor": "middle" }, play.short(tick));
    }
    for (const tick of play.ticks(y[0], y[1], 5)) {
      add("line", { class: "play-grid", x1: edge.left, x2: width - edge.right, y1: at.y(tick), y2: at.y(tick) });
      add("text", { class: "play-tick", x: edge.left - 6, y: at.y(tick) + 4, "text-anchor": "end" }, play.short(tick));
    }
    const middle = (edge.top + height - edge.bottom) / 2;
    add("text", { class: "play-axis", x: (edge.left + width - edge.right) / 2, y: height - 6, "text-anchor": "middle" }, xLabel);
    add("text", { class: "play-axis", x: 13, y: middle, transform: `rotate(-90 13 ${middle})`, "text-anchor": "middle" }, yLabel);
    return at;
  };

  // The graph of a function as the points of a polyline, cut off above and below what the chart shows.
  play.curve = function (chart, at, f, x, y, className, samples = 300) {
    const points = [];
    for (let i = 0; i <= samples; i++) {
      const value = x[0] + (i / samples) * (x[1] - x[0]);
      const height = f(value);
      if (height >= y[0] && height <= y[1]) points.push(`${at.x(value).toFixed(2)},${at.y(height).toFixed(2)}`);
    }
    chart.append(play.svg("polyline", { class: className, points: points.join(" ") }));
  };
})();
