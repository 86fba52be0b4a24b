import pytest

from experiments.worked import counting


def test_grammar():
    parts = ["command", "colour", "preposition", "letter", "digit", "adverb"]
    found = counting.grammar(parts)
    assert [found.values[part] for part in parts] == [4, 4, 4, 25, 10, 4]
    assert found.values["sentences"] == 64000
    assert all(len(set(words)) == len(words) for words in counting.GRID_WORDS.values())


def test_error_rate():
    found = counting.error_rate(errors=33, hits=9967)
    assert found.values == {"examples": 10000, "error rate in percent": pytest.approx(0.33)}
    assert counting.error_rate(errors=1, hits=3).values["error rate in percent"] == 25


def test_agreement():
    assert counting.agree([10, 10], ["here", "there"]).holds is True
    found = counting.agree([5, 10, 10], ["note", "first", "second"])
    assert found.holds is False
    assert found.steps[0] == "note: 5"
