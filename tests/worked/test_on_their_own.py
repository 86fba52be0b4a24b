"""A check that trains by Keras's fit works alone, in a process in which nothing before it has set a seed."""

import subprocess
import sys

import pytest

TRAINING = {
    "training_rows": "training_rows.whole_set_at_once()",
    "keras_scripts": "keras_scripts.annotations(batch_size=100, batches=3)",
    "keras_history": "keras_history.printed_keys(['loss'], 'accuracy', 0.2)",
}


@pytest.mark.slow
@pytest.mark.parametrize("module", TRAINING)
def test_it_needs_no_check_before_it(module):
    code = f"from experiments.worked import {module}; print(sorted({TRAINING[module]}.values))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.startswith("[")
