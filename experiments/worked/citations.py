"""Whether a lecture's labels in brackets lead to what they name in its list of references."""

from collections.abc import Mapping, Sequence

from experiments.worked.finding import Finding


def labels_match(labels: Sequence[Sequence[str]], references: Mapping[str, str]) -> Finding:
    """Look every label up in the list of references; it fits if the entry contains the name beside the label.

    Args:
        labels: pairs of a label's number and the name printed beside it.
        references: number -> author and title as the list has them.

    Lecture: Cavallaro, rectified linear unit; backpropagation algorithm; references.
    """
    steps, wrong = [], []
    for label, name in labels:
        entry = references.get(label, "")
        if name.casefold() in entry.casefold():
            steps.append(f"[{label}] {name}: fits")
            continue
        wrong.append(f"[{label}] {name}")
        elsewhere = [other for other, text in references.items() if name.casefold() in text.casefold()]
        found = f"it is [{elsewhere[0]}]" if elsewhere else "it is not in the list"
        steps.append(f"[{label}] {name}: the list has {entry or 'no such number'}; {found}")
    return Finding({"labels": len(labels), "labels that do not fit": wrong}, tuple(steps), not wrong)
