// The scrubber: a network's decision regions at each epoch that was kept, drawn from its weights.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  const GRID = 120; // points along each axis at which the network is asked
  const EDGE = { left: 46, right: 10, top: 10, bottom: 40 };
  const PACE = 220; // milliseconds that an epoch is shown

  play.scrubber = function (root) {
    const file = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const canvas = root.querySelector("canvas");
    const slider = root.querySelector("input[type='range']");
    const button = root.querySelector("button");
    const choice = root.querySelector("select");
    const status = root.querySelector(".play-status");
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let variant = file.variants[0];
    let timer = null;

    function show() {
      const index = Number(slider.value);
      const plane = decide(file, variant, index);
      draw(canvas, root, file, variant, plane);
      const text = sentence(variant, index, plane);
      status.textContent = text;
      slider.setAttribute("aria-valuetext", text);
      canvas.setAttribute("aria-label", described(file, variant, index, plane));
    }

    function stop() {
      clearTimeout(timer);
      timer = null;
      status.setAttribute("aria-live", "polite");
      label();
    }

    function label() {
      button.textContent = still.matches ? "Next epoch" : timer === null ? "Play" : "Pause";
    }

    function step() {
      slider.value = String(Number(slider.value) + 1);
      show();
      if (Number(slider.value) < Number(slider.max)) timer = setTimeout(step, PACE);
      else stop();
    }

    button.addEventListener("click", () => {
      if (timer !== null) return stop();
      if (Number(slider.value) >= Number(slider.max)) slider.value = "-1";
      else if (still.matches) slider.value = String(Number(slider.value) + 1);
      if (still.matches) return show();
      // A reader of the screen would be told every epoch.
      status.setAttribute("aria-live", "off");
      show();
      timer = setTimeout(step, PACE);
      label();
    });
    slider.addEventListener("input", () => {
      if (timer !== null) stop();
      show();
    });
    if (choice) {
      choice.addEventListener("change", () => {
        stop();
        const epoch = variant.at[Number(slider.value)];
        variant = file.variants[Number(choice.value)];
        slider.max = String(variant.at.length - 1);
        // The nearest epoch at or before the one shown, so that variants can be compared.
        slider.value = String(Math.max(0, variant.at.filter((at) => at <= epoch).length - 1));
        show();
      });
    }
    still.addEventListener("change", stop);
    play.onThemeOrSize(canvas, show);
    label();
    show();
  };

  // The network's class at every point of a grid (row by row, from the top), and at every example drawn.
  function decide(file, variant, index) {
    const weights = variant.weights[index];
    const [across, up] = variant.range;
    const at = (x) => play.classOf(play.outputs(variant, weights, x), file.signed);
    const classes = [];
    for (let row = 0; row < GRID; row++) {
      const x2 = up[1] - ((row + 0.5) / GRID) * (up[1] - up[0]);
      for (let column = 0; column < GRID; column++) {
        classes.push(at([across[0] + ((column + 0.5) / GRID) * (across[1] - across[0]), x2]));
      }
    }
    const wrong = variant.points.map(([x1, x2, truth]) => at([x1, x2]) !== truth);
    return { classes, wrong };
  }

  function sentence(variant, index) {
    const epoch = variant.at[index];
    const last = variant.at[variant.at.length - 1];
    const loss = variant.loss[index];
    const when = epoch === 0 ? "before training" : `epoch ${epoch} of ${last}, loss ${loss.toPrecision(3)}`;
    const share = (value) => `${(100 * value).toFixed(1)} %`;
    return `${when}; right: ${share(variant.accuracy[index])} in training, ${share(variant.test_accuracy[index])} in the test`;
  }

  function described(file, variant, index, plane) {
    const shares = file.classes.map((name, k) => {
      const count = plane.classes.filter((found) => found === k).length;
      return `${name} ${Math.round((100 * count) / plane.classes.length)} %`;
    });
    const wrong = plane.wrong.filter(Boolean).length;
    return (
      `Decision regions over ${file.features.join(" and ")}, ${sentence(variant, index)}. ` +
      `Share of the plane by predicted class: ${shares.join(", ")}. ` +
      `${wrong} of the ${plane.wrong.length} training examples shown lie on the wrong side.`
    );
  }

  function draw(canvas, root, file, variant, plane) {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0) return; // in a closed part of the page
    const scale = globalThis.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const colours = file.classes.map((_, k) => play.colour(root, `--play-class-${k % 6}`));
    const text = play.colour(root, "--play-text");
    const inner = { width: width - EDGE.left - EDGE.right, height: height - EDGE.top - EDGE.bottom };
    const [across, up] = variant.range;
    const x = (value) => EDGE.left + ((value - across[0]) / (across[1] - across[0])) * inner.width;
    const y = (value) => EDGE.top + ((up[1] - value) / (up[1] - up[0])) * inner.height;

    pen.globalAlpha = 0.3;
    plane.classes.forEach((k, cell) => {
      const left = EDGE.left + Math.floor(((cell % GRID) / GRID) * inner.width);
      const right = EDGE.left + Math.floor((((cell % GRID) + 1) / GRID) * inner.width);
      const top = EDGE.top + Math.floor((Math.floor(cell / GRID) / GRID) * inner.height);
      const bottom = EDGE.top + Math.floor(((Math.floor(cell / GRID) + 1) / GRID) * inner.height);
      pen.fillStyle = colours[k];
      pen.fillRect(left, top, right - left, bottom - top);
    });
    pen.globalAlpha = 1;
    const size = variant.points.length > 200 ? 2.6 : variant.points.length > 20 ? 3.4 : 7;
    variant.points.forEach(([x1, x2, truth], i) => {
      marker(pen, truth, x(x1), y(x2), size, colours[truth]);
      if (!plane.wrong[i]) return;
      pen.strokeStyle = text;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.arc(x(x1), y(x2), size + 3, 0, 2 * Math.PI);
      pen.stroke();
    });
    axes(pen, file, variant, { x, y, width, height, text, line: play.colour(root, "--play-muted") });
  }

  // Classes differ in shape as well as in colour: circle, square, triangle.
  function marker(pen, k, x, y, size, colour) {
    pen.fillStyle = colour;
    pen.beginPath();
    if (k % 3 === 0) pen.arc(x, y, size, 0, 2 * Math.PI);
    else if (k % 3 === 1) pen.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
    else {
      pen.moveTo(x, y - size * 1.2);
      pen.lineTo(x + size * 1.1, y + size * 0.8);
      pen.lineTo(x - size * 1.1, y + size * 0.8);
    }
    pen.fill();
  }

  function axes(pen, file, variant, place) {
    pen.strokeStyle = place.line;
    pen.fillStyle = place.text;
    pen.lineWidth = 1;
    pen.strokeRect(EDGE.left + 0.5, EDGE.top + 0.5, place.width - EDGE.left - EDGE.right - 1, place.height - EDGE.top - EDGE.bottom - 1);
    pen.font = "12px system-ui, sans-serif";
    const own = (value, axis) => variant.mean[axis] + variant.deviation[axis] * value;
    const given = (value, axis) => (value - variant.mean[axis]) / variant.deviation[axis];
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const tick of play.ticks(own(variant.range[0][0], 0), own(variant.range[0][1], 0), 5)) {
      pen.fillText(play.short(tick), place.x(given(tick, 0)), place.height - EDGE.bottom + 5);
    }
    pen.fillText(file.features[0], (EDGE.left + place.width - EDGE.right) / 2, place.height - 16);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const tick of play.ticks(own(variant.range[1][0], 1), own(variant.range[1][1], 1), 5)) {
      pen.fillText(play.short(tick), EDGE.left - 5, place.y(given(tick, 1)));
    }
    pen.save();
    pen.translate(9, (EDGE.top + place.height - EDGE.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "center";
    pen.fillText(file.features[1], 0, 0);
    pen.restore();
  }
})();
