from experiments.worked import image_vector

ROWS = {"red": [255, 231, 42], "green": [255, 134, 202], "blue": [255, 134, 93]}


def test_stacked_channels():
    found = image_vector.stacked_channels(**ROWS, height=128, width=128)
    assert {name: found.values[name] for name in ROWS} == ROWS
    assert found.values["entries"] == 49_152
    assert found.steps[2].startswith("entries 16384 ... 32767, green")


def test_raveling_as_it_lies_mixes_the_colours():
    found = image_vector.stacked_channels(**ROWS, height=128, width=128, channels_first=False)
    assert found.values["red"] == [255, 255, 255]
    assert found.values["green"] == [0, 0, 0]


def test_dimension():
    assert image_vector.dimension(128, 128, 3).values["dimension"] == 49_152
    assert image_vector.dimension(2, 3, 1).values["dimension"] == 6
