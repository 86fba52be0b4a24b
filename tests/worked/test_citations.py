from experiments.worked import citations

REFERENCES = {"13": "Neural Network Backpropagation Basics", "14": "CS231n Convolutional Neural Networks"}


def test_labels():
    assert citations.labels_match([["14", "CS231n"], ["13", "neural network"]], REFERENCES).holds is True
    found = citations.labels_match([["13", "CS231n"], ["14", "Krizhevsky"], ["2", "CS231n"]], REFERENCES)
    assert found.holds is False
    assert found.values["labels that do not fit"] == ["[13] CS231n", "[14] Krizhevsky", "[2] CS231n"]
    assert "it is [14]" in found.steps[0]
    assert "not in the list" in found.steps[1]
    assert "no such number" in found.steps[2]
