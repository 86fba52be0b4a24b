"""Files made to take for ever, to fill the memory, or to lead out of their folder: refused in seconds, by name."""

import os
from pathlib import Path

import pytest

from experiments.documents import MAX_BYTES
from experiments.ledger.loading import load_ledgers
from experiments.loading import load_experiment
from experiments.paths import find_config
from experiments.planning import as_folder_name
from experiments.problems import ConfigError
from tests.experiments.conftest import IRIS
from tests.faults.test_fuzzing import end_of

SIZE = MAX_BYTES - 1000
BOMBS = {
    "laughs": "a: &a [x,x]\n" + "".join(f"b{i}: &b{i} [*a,*a,*a,*a]\n" for i in range(3000)),
    "brackets": "title: " + "[" * SIZE,
    "braces": "title: " + "{a: " * (SIZE // 4),
    "indents": "".join(" " * i + "a:\n" for i in range(500)),
    "dashes": "- " * (SIZE // 2),
    "question marks": "? " * (SIZE // 2),
    "one long line": "title: " + "x" * SIZE,
    "many keys": IRIS + "".join(f"k{i}: 1\n" for i in range(3000)),
    "one key many times": IRIS + "a: 1\n" * 5000,
    "many seeds": IRIS.replace("seeds: 2", f"seeds: [{','.join(map(str, range(9_000)))},x]"),
    "many variants": IRIS + "variants:\n" + "".join(f"  v{i}: {{training.epochs: {i + 1}}}\n" for i in range(2000)),
    "many swept values": IRIS
    + "sweep: {method: grid, metric: {name: val_loss, goal: minimize}, parameters: {training.epochs: {values: ["
    + ",".join(map(str, range(1, 9_000)))
    + "]}}}\n",
    "many combinations": IRIS
    + "sweep: {method: grid, metric: {name: val_loss, goal: minimize}, parameters: {"
    + ", ".join(f"{key}: {{values: {list(range(1, 201))}}}" for key in ("training.epochs", "training.batch_size"))
    + "}}\n",
    "many draws": IRIS
    + "sweep: {method: random, run_cap: 90000000, metric: {name: val_loss, goal: minimize}, "
    + "parameters: {optimizer.learning_rate: {min: 0.1, max: 1.0}}}\n",
    "many figures": IRIS + f"figures: [{','.join(['learning_curves'] * 8000)}]\n",
    "too large": "a: 1\n" * 200_000,
    "null characters": "\0" * 1000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_in_seconds(name: str, tmp_path: Path, record_property) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "example.yaml"
    path.write_text(BOMBS[name], encoding="utf-8")
    end = end_of(lambda: load_experiment(path), tmp_path)
    record_property("fault", ["config made to hang or to fill the memory", 1, int(end == "refused"), None])
    assert end == "refused"


def test_a_list_is_written_out_in_one_line_however_long(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(IRIS.replace("epochs: 2", f"epochs: [{','.join(['1'] * 9000)}]"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_experiment(path)
    assert len(str(caught.value)) < 300


ODD_NAMES = [
    "..yaml", ".yaml", "a b.yaml", "Evil.yaml", "evil;rm.yaml", "évil.yaml", "x" * 70 + ".yaml",
    "quick.yaml", "evil.yml", "evil.yaml.txt", "1st.yaml", "-rf.yaml", "e\nvil.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path, record_property) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = folder / name
    path.write_text(IRIS, encoding="utf-8")
    end = end_of(lambda: load_experiment(path), tmp_path)
    record_property("fault", ["name that leads out of the results", 1, int(end == "refused"), None])
    assert end == "refused"


ODD_WORDS = ["../../evil", "..", "/etc/passwd", "a/b", ".", "", "~root", "evil\0"]


@pytest.mark.parametrize("word", ODD_WORDS)
def test_words_that_lead_elsewhere_name_no_experiment(word: str, tmp_path: Path, record_property) -> None:  # type: ignore[no-untyped-def]
    configs = tmp_path / "a" / "configs"
    configs.mkdir(parents=True)
    (configs / "example.yaml").write_text(IRIS, encoding="utf-8")
    end = end_of(lambda: load_experiment(find_config(word, configs)), tmp_path)
    record_property("fault", ["name that leads out of the results", 1, int(end == "refused"), None])
    assert end == "refused"


ODD_VARIANTS = ["../x", "a/b", "..", ".hidden", "", "a\\b", "con\0", "x" * 65, "base", "sweep", "É"]


@pytest.mark.parametrize("variant", ODD_VARIANTS)
def test_variants_that_lead_elsewhere_are_refused(variant: str, tmp_path: Path, record_property) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "example.yaml"
    quoted = variant.replace("\\", "\\\\").replace("\0", "\\0")
    path.write_text(IRIS + f'variants: {{"{quoted}": {{training.epochs: 3}}}}\n', encoding="utf-8")
    end = end_of(lambda: load_experiment(path), tmp_path)
    record_property("fault", ["name that leads out of the results", 1, int(end == "refused"), None])
    assert end == "refused"


@pytest.mark.parametrize("typed", ["title=../../etc", "title=" + "日" * 100, "title=a/b\\c:d\n", "title=" + "x" * 5000])
def test_changes_name_a_folder_that_every_disk_can_have(typed: str) -> None:
    name = as_folder_name([typed])
    assert len(name.encode()) <= 120
    assert Path(name).name == name
    assert name.isascii()
    assert as_folder_name([typed]) != as_folder_name([typed + "!"])


class TestLinks:
    """A config behind a symbolic link is read; one that leads nowhere or in a circle is refused."""

    def test_a_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "real.yaml").write_text(IRIS, encoding="utf-8")
        (tmp_path / "linked.yaml").symlink_to("real.yaml")
        assert load_experiment(tmp_path / "linked.yaml").name == "linked"

    @pytest.mark.parametrize("kind", ["nowhere", "circle", "folder", "pipe"])
    def test_what_cannot_be_read_is_refused(self, kind: str, tmp_path: Path, record_property) -> None:  # type: ignore[no-untyped-def]
        path = tmp_path / "example.yaml"
        if kind == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to({"nowhere": "gone.yaml", "circle": "example.yaml", "folder": "."}[kind])
        end = end_of(lambda: load_experiment(path), tmp_path)
        record_property("fault", ["config that is a broken link, a pipe or a folder", 1, int(end == "refused"), None])
        assert end == "refused"

    def test_a_missing_path_is_refused(self, tmp_path: Path) -> None:
        assert end_of(lambda: load_experiment(find_config(f"{tmp_path}/no/such.yaml", tmp_path)), tmp_path) == "refused"


@pytest.mark.parametrize("number", ["1000000000", "1e300", "-1e9", ".inf", "'1e9'", "[[1000000000]]"])
def test_a_worked_example_is_given_no_number_that_takes_it_for_ever(number: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    claim = f"{{worked: errors.mean_squared_error, with: {{truth: [1.0], predicted: [2.0], exponent: {number}}}}}"
    path.write_text(f"lecture: a\ntitle: b\nauthor: c\nclaims:\n- {{id: A-1, heading: x, kind: number, claim: x,"
                    f" printed: {{mse: '1'}}, check: {claim}}}\n", encoding="utf-8")  # fmt: skip
    with pytest.raises(ConfigError, match=r"mine\.yml:5: .*exponent: expected numbers of at most 200,000, got"):
        load_ledgers([path], tmp_path)
