// Small fully connected networks, as epochs.json keeps them: outputs and classes. No page is needed here.
"use strict";
(function () {
  const play = (globalThis.relecturePlay = globalThis.relecturePlay || {});

  const clip = (value) => Math.min(Math.max(value, 0), 1);
  const UNIT = {
    linear: (z) => z,
    relu: (z) => Math.max(z, 0),
    tanh: Math.tanh,
    sigmoid: (z) => 0.5 * (1 + Math.tanh(z / 2)),
    hard_sigmoid_slide: (z) => clip((z + 1) / 2),
    hard_sigmoid_keras2: (z) => clip(0.2 * z + 0.5),
    hard_sigmoid_keras3: (z) => clip(z / 6 + 0.5),
  };

  function softmax(z) {
    const largest = Math.max(...z);
    const powers = z.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  }

  // Outputs of the network for one example. Weights: layer by layer, kernel (inputs x units) before bias.
  play.outputs = function (network, weights, example) {
    let values = example;
    let at = 0;
    network.activations.forEach((name, layer) => {
      const inputs = network.units[layer];
      const units = network.units[layer + 1];
      const bias = at + inputs * units;
      const sums = [];
      for (let unit = 0; unit < units; unit++) {
        let sum = 0;
        for (let input = 0; input < inputs; input++) sum += values[input] * weights[at + input * units + unit];
        sums.push(network.bias ? sum + weights[bias + unit] : sum);
      }
      values = name === "softmax" ? softmax(sums) : sums.map(UNIT[name]);
      at = bias + (network.bias ? units : 0);
    });
    return values;
  };

  // Index of the class that outputs mean: the largest; of one unit, above one half; signed, from 0 on.
  play.classOf = function (outputs, signed) {
    if (signed) return outputs[0] >= 0 ? 1 : 0;
    if (outputs.length === 1) return outputs[0] > 0.5 ? 1 : 0;
    return outputs.indexOf(Math.max(...outputs));
  };
})();
