// A confusion matrix to edit: the scores of metrics/formulas.py, computed anew at every change of a count.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  const sum = (values) => values.reduce((a, b) => a + b, 0);

  // Rows are truth, columns predictions. A quotient 0/0 is `empty`: 0, 1, or NaN, which means leave out.
  play.scores = function (matrix, empty) {
    const quotient = (above, below) => (below === 0 ? empty : above / below);
    const mean = (values) => {
      const defined = values.filter((value) => !Number.isNaN(value));
      return defined.length ? sum(defined) / defined.length : NaN;
    };
    const right = matrix.map((row, k) => row[k]);
    const rows = matrix.map(sum);
    const columns = matrix.map((_, k) => sum(matrix.map((row) => row[k])));
    const total = sum(rows);
    const wrong = sum(matrix.map((row, i) => sum(row.filter((_, j) => j !== i))));
    const others = (values) => values.map((_, k) => sum(values.filter((_, i) => i !== k)));
    const each = (above, below) => above.map((value, k) => quotient(value, below[k]));

    const precision = each(right, columns);
    const recall = each(right, rows);
    const f1 = right.map((value, k) => quotient(2 * value, rows[k] + columns[k]));
    const p = mean(precision);
    const r = mean(recall);
    // A class without samples has no say in the weighted mean, even if its F1 is left out.
    const weighted = sum(rows.map((row, k) => (row === 0 ? 0 : row * f1[k])));
    const expected = sum(others(columns).map((value, k) => rows[k] * value));
    const disagreement = total * wrong;
    const n = total || 1;
    const dot = (a, b) => sum(a.map((value, k) => (value / n) * b[k]));
    const covariance = (dot(columns, others(rows)) - wrong) / n;
    const variances = (dot(rows, others(rows)) / n) * (dot(columns, others(columns)) / n);
    return {
      classes: {
        tp: right,
        fn: rows.map((row, k) => row - right[k]),
        fp: columns.map((column, k) => column - right[k]),
        tn: rows.map((row, k) => total - row - columns[k] + right[k]),
        precision,
        recall,
        f1,
      },
      accuracy: quotient(sum(right), total),
      balanced_accuracy: r,
      macro_precision: p,
      macro_recall: r,
      macro_f1: mean(f1),
      // Both means are 0 only if every sample is wrong: the harmonic mean's limit, 0, and no missing quotient.
      f1_of_macro_averages: p + r === 0 ? 0 : (2 * p * r) / (p + r),
      micro_f1: quotient(2 * sum(right), 2 * sum(right) + 2 * wrong),
      weighted_f1: quotient(weighted, total),
      cohen_kappa: quotient(expected - disagreement, expected),
      matthews_correlation: quotient(covariance, Math.sqrt(variances)),
    };
  };

  play.confusion = function (root) {
    const cells = [...root.querySelectorAll(".play-counts input")];
    const size = Math.round(Math.sqrt(cells.length));
    const printed = cells.map((cell) => cell.value);
    const rule = root.querySelector("select");
    const status = root.querySelector(".play-status");
    const shown = [...root.querySelectorAll("[data-score]")];
    const buttons = Object.fromEntries([...root.querySelectorAll("button")].map((b) => [b.dataset.act, b]));
    let chosen = 0;

    function counts() {
      const values = cells.map((cell) => (cell.value.trim() === "" ? NaN : Number(cell.value)));
      const bad = values.findIndex((value) => !Number.isInteger(value) || value < 0 || value > 1e9);
      cells.forEach((cell, i) => cell.setAttribute("aria-invalid", String(i === bad)));
      if (bad >= 0) return { problem: `Expected a whole count from 0 on at ${name(bad)}.` };
      if (sum(values) === 0) return { problem: "Expected at least one example; there is none." };
      return { matrix: Array.from({ length: size }, (_, i) => values.slice(i * size, (i + 1) * size)) };
    }

    const name = (cell) => `actual ${Math.floor(cell / size) + 1}, predicted ${(cell % size) + 1}`;

    function role(cell) {
      const [actual, predicted] = [Math.floor(cell / size) + 1, (cell % size) + 1];
      return actual === predicted
        ? `true positives of class ${actual}`
        : `false negatives of class ${actual}, false positives of class ${predicted}`;
    }

    function show() {
      const { matrix, problem } = counts();
      const scores = matrix && play.scores(matrix, Number(rule.value));
      for (const place of shown) {
        const [key, k] = place.dataset.score.split(".");
        const value = scores && (k === undefined ? scores[key] : scores.classes[key][Number(k)]);
        const whole = ["tp", "fn", "fp", "tn"].includes(key);
        place.textContent =
          value === undefined || Number.isNaN(value) ? "\u2014" : whole ? String(value) : value.toFixed(4).replace("-", "\u2212");
      }
      cells.forEach((cell, i) => {
        cell.parentElement.classList.toggle("play-chosen", i === chosen);
        const shared = Math.floor(i / size) === Math.floor(chosen / size) || i % size === chosen % size;
        cell.parentElement.classList.toggle("play-beside", i !== chosen && shared);
      });
      status.textContent = problem || `Chosen: ${name(chosen)} \u2014 ${role(chosen)}. ${sum(cells.map((c) => Number(c.value)))} examples.`;
    }

    cells.forEach((cell, i) => {
      cell.addEventListener("input", show);
      cell.addEventListener("focus", () => {
        chosen = i;
        show();
      });
      cell.parentElement.addEventListener("click", () => cell.focus());
    });
    const add = (amount) => {
      cells[chosen].value = String(Math.max(0, (Number(cells[chosen].value) || 0) + amount));
      show();
    };
    buttons.more.addEventListener("click", () => add(1));
    buttons.less.addEventListener("click", () => add(-1));
    buttons.reset.addEventListener("click", () => {
      cells.forEach((cell, i) => (cell.value = printed[i]));
      rule.value = "0";
      show();
    });
    rule.addEventListener("change", show);
    show();
  };
})();
