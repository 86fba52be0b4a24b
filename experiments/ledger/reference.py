"""The verdicts that were looked at and accepted: `results/ledger/<lecture>.csv`, against which a check is held."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from experiments.ledger.judging import Judged
from experiments.paths import write_text
from experiments.problems import RecordError

COLUMNS = ("id", "kind", "verdict", "error")


def read_reference(results: Path, lecture: str) -> dict[str, str] | None:
    """Accepted verdicts by claim; None where none were accepted yet.

    Raises:
        RecordError: the file cannot be read.
    """
    path = _path(results, lecture)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["id"]: row["verdict"] for row in csv.DictReader(file)}
    except FileNotFoundError:
        return None
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise RecordError(f"cannot read {path}: {error}") from error


def write_reference(results: Path, judged: Sequence[Judged]) -> list[Path]:
    """Accept verdicts: one file a lecture."""
    paths = []
    for lecture in dict.fromkeys(j.lecture for j in judged):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in judged:
            if one.lecture == lecture:
                slip = one.claim.error if one.judgement.verdict == "erratum" else None
                writer.writerow([one.claim.id, one.claim.kind, one.judgement.verdict, slip or ""])
        paths.append(_path(results, lecture))
        write_text(paths[-1], text.getvalue())
    return paths


def departures(judged: Sequence[Judged], results: Path) -> list[tuple[Judged, str]]:
    """Claims whose verdict is not the accepted one, with that; '–' for a claim that was never accepted.

    Lectures without accepted verdicts have no departures.
    """
    known = {lecture: read_reference(results, lecture) for lecture in {j.lecture for j in judged}}
    found = []
    for one in judged:
        accepted = known[one.lecture]
        if accepted is not None and accepted.get(one.claim.id) != one.judgement.verdict:
            found.append((one, accepted.get(one.claim.id, "–")))
    return found


def _path(results: Path, lecture: str) -> Path:
    return results / "ledger" / f"{lecture}.csv"
