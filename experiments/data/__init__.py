"""Where the examples come from and how a config's `dataset:` becomes arrays.

`facts` answers what can be known without loading (`relecture list` and `validate` need no more), `datasets`
loads and prepares, `sources` fetches, `cache` keeps. Nothing here imports TensorFlow or Keras, and importing
this package imports nothing else.
"""
