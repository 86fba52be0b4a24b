"""Whatever is in a config, a ledger, a word of the command line or an .npz: success, or one clear error, in seconds.

A few hundred cases in `make test`; `make test-all` and `make faults` try more than 10,000.
"""

import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.data.datasets import load_dataset
from experiments.data.errors import DataError
from experiments.documents import parse_document
from experiments.ledger.judging import judge_all
from experiments.ledger.loading import load_ledgers
from experiments.loading import load_experiment
from experiments.memory import shortage
from experiments.problems import ConfigError, RecordError
from experiments.runner import plan_trials, published_folder
from tests.experiments.conftest import IRIS
from tests.faults import hostile
from tests.ledger.conftest import EXPERIMENT, LEDGER

SECONDS = 10
"""Of this process's own computing: how busy the machine is must not decide."""

SWEPT = """\
title: A sweep
dataset: {name: moons, examples: 50, validation: {how: shuffled, fraction: 0.2}}
model: {name: mlp, hidden: [4], output: {units: 2, activation: softmax}}
loss: {name: focal_crossentropy, alpha: [1.0, 2.0]}
optimizer: {name: sgd, learning_rate: 0.1, decay: {name: inverse_time, rate: 0.01}}
training: {epochs: 2, batch_size: 10, early_stopping: {patience: 1}}
sweep:
  method: random
  run_cap: 3
  metric: {name: val_loss, goal: minimize}
  parameters:
    optimizer.learning_rate: {min: 0.01, max: 1.0, distribution: log_uniform_values}
    model.hidden: {values: [[4], [8]]}
variants: {other: {training.batch_size: 5}}
quick: {training.epochs: 1}
"""

OWN_ARRAYS = """\
title: Arrays of my own
dataset: {name: npz, path: own.npz}
model: {name: perceptron, output: {units: 2, activation: softmax}}
loss: {name: categorical_crossentropy}
optimizer: {name: adam, learning_rate: 0.1}
training: {epochs: 1, batch_size: 10}
"""

CONFIGS = [parse_document(text, "").data for text in (IRIS, EXPERIMENT, SWEPT)]
CONFIGS += hostile.load("configs/mnist_cnn.yaml", "configs/playground_circle.yaml")
LECTURES = hostile.load(
    *(f"configs/lectures/{name}.yaml" for name in ("cavallaro", "hantehzadeh", "mollineda", "pinar"))
)
WORKED = [
    (one, [c for c in one["claims"] if isinstance(c["check"], dict) and "worked" in c["check"]]) for one in LECTURES
]
LEDGERS = [parse_document(LEDGER, "").data] * 4
LEDGERS += [{**one, "claims": claims[i : i + 2]} for one, claims in WORKED for i in range(0, len(claims), 2)]
"""A user's ledger, and pairs of worked claims of the lectures: their functions are called with whatever is given."""
OPTIONS = st.sampled_from(["", "dataset.flatten=true", "dataset.scale=standard", "dataset.scale=unit",
                           "dataset.subset=3", "dataset.validation={how: last, fraction: 0.5}"])  # fmt: skip

Property = Callable[[str, object], None]


class HangError(Exception):
    """It took too long."""


@contextmanager
def within_seconds() -> Iterator[None]:
    """Have what hangs raise HangError."""

    def ring(number: int, frame: object) -> None:
        raise HangError(f"not done within {SECONDS} s")

    before = [signal.signal(number, ring) for number in (signal.SIGPROF, signal.SIGALRM)]
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 30 * SECONDS)  # what waits for ever computes nothing
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGPROF, signal.SIGALRM), before, strict=True):
            signal.signal(number, handler)


def end_of(work: Callable[[], object], folder: Path) -> str:
    """`fine` or `refused`; whatever else the work does is a fault, and so is a file that it leaves."""
    before = sorted(folder.rglob("*"))
    try:
        with within_seconds():
            work()
    except (ConfigError, DataError, RecordError) as error:
        message = str(error)
        assert message.strip()
        message.encode("utf-8")  # it can be printed
        return "refused"
    finally:
        assert sorted(folder.rglob("*")) == before
    return "fine"


def up_to_training(folder: Path, words: Sequence[str] = ()) -> None:
    """All that `relecture run` does before it trains; nothing may lead out of the folder of results."""
    experiment = load_experiment(folder / "example.yaml", words)
    results = folder / "results"
    experiment.spec.model_dump_json()  # records keep it
    published = published_folder(experiment, results)
    assert published.resolve().is_relative_to(results.resolve())
    assert all(len(part.encode()) <= 255 for part in published.parts)
    for trial in plan_trials(experiment):
        assert trial.folder(results).resolve().is_relative_to(results.resolve() / "example" / "runs")
    for spec in experiment.variants.values():
        shortage(spec, folder)


def configs(folder: Path, data: bytes) -> Callable[[], None]:
    (folder / "example.yaml").write_bytes(data)
    return lambda: up_to_training(folder)


def overrides(folder: Path, words: list[str]) -> Callable[[], None]:
    (folder / "example.yaml").write_text(IRIS, encoding="utf-8")
    return lambda: up_to_training(folder, words)


def ledgers(folder: Path, data: bytes) -> Callable[[], None]:
    (folder / "flowers.yaml").write_text(EXPERIMENT, encoding="utf-8")
    (folder / "mine.yml").write_bytes(data)  # no experiment, so another ending
    return lambda: judge_all(load_ledgers([folder / "mine.yml"], folder), folder / "results")


def own_arrays(folder: Path, given: tuple[bytes, str]) -> Callable[[], None]:
    data, option = given
    (folder / "example.yaml").write_text(OWN_ARRAYS, encoding="utf-8")
    (folder / "own.npz").write_bytes(data)

    def work() -> None:
        up_to_training(folder, [option] if option else [])
        spec = load_experiment(folder / "example.yaml", [option] if option else []).spec
        load_dataset(spec.dataset, folder, cache=folder / "cache")

    return work


KINDS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Path, Any], Any], int]] = {
    "configs": (hostile.documents(CONFIGS), configs, 4500),
    "ledgers": (hostile.documents(LEDGERS), ledgers, 2500),
    "overrides": (hostile.words([CONFIGS[0]]), overrides, 2500),
    "arrays of a user's own": (st.tuples(hostile.arrays(), OPTIONS), own_arrays, 1500),
}
"""What is given, how it is laid down and used, and how many cases all tests try: 11,000 together."""

FEW = 40


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cases", [FEW, pytest.param(None, marks=pytest.mark.slow, id="many")])
def test_hostile_input_ends_in_success_or_in_one_clear_error(
    kind: str, cases: int | None, record_property: Property
) -> None:
    strategy, lay_down, all_cases = KINDS[kind]
    ends, tried = {"fine": 0, "refused": 0}, [0]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)

        @settings(max_examples=cases or all_cases, deadline=None, suppress_health_check=list(HealthCheck))
        @given(strategy)
        def case(given_input: Any) -> None:
            tried[0] += 1
            work = lay_down(folder, given_input)
            ends[end_of(work, folder)] += 1

        try:
            case()
        finally:
            record_property("fault", [f"hostile {kind}", tried[0], sum(ends.values()), 0])
    assert ends["refused"] > tried[0] / 20, ends
    if cases is None:  # of few cases all may be refused
        assert ends["fine"] > tried[0] / 100, ends
