"""Ways to run the epochs of a training: `compiled` (one XLA program an epoch) and Keras's own `fit`."""
