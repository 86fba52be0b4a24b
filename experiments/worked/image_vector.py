"""An RGB picture as one feature vector: red, green and blue channel stacked one after the other.

Lecture: Hantehzadeh, "Binary Classification and Logistic Regression".
"""

import numpy as np

from experiments.worked.finding import Finding

CHANNELS = ("red", "green", "blue")


def stacked_channels(
    red: list[int], green: list[int], blue: list[int], height: int, width: int, channels_first: bool = True
) -> Finding:
    """Where a picture's channels come to lie in its feature vector.

    The picture is an array (height, width, 3) whose top rows start with the given numbers, elsewhere 0. Stacking
    channel after channel is transpose(2, 0, 1) before ravel; ravel alone interleaves the colours of each pixel.

    Args:
        red: first numbers of the red channel's top row.
        green: the same of the green one.
        blue: the same of the blue one.
        height: rows.
        width: columns.
        channels_first: whether channels are stacked; False ravels as the array lies.

    Source: Hantehzadeh, "Binary Classification and Logistic Regression".
    """
    picture = np.zeros((height, width, 3), np.int64)
    for channel, row in enumerate((red, green, blue)):
        picture[0, : len(row), channel] = row
    vector = (picture.transpose(2, 0, 1) if channels_first else picture).ravel()
    size = height * width
    values: dict[str, object] = {"entries": int(vector.size)}
    steps = [f"{height} x {width} x 3 = {vector.size} entries"]
    for channel, name in enumerate(CHANNELS):
        start = channel * size
        values[name] = vector[start : start + 3].tolist()
        steps.append(
            f"entries {start} ... {start + size - 1}, {name}: {', '.join(map(str, vector[start : start + 3]))}, ..."
        )
    return Finding(values, tuple(steps))


def dimension(height: int, width: int, channels: int) -> Finding:
    """The length of a picture's feature vector.

    Formula: height * width * channels.

    Args:
        height: rows.
        width: columns.
        channels: 3 for RGB.

    Source: Hantehzadeh, "Binary Classification and Logistic Regression".
    """
    length = int(np.zeros((height, width, channels), np.uint8).ravel().size)
    return Finding({"dimension": length}, (f"{height} x {width} x {channels} = {length}",))
