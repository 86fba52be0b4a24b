"""The arrays that the published datasets must decode to, whatever source they came from.

The sums are SHA-256 over an array's bytes in C order, little-endian. MNIST and CIFAR-10 are as their authors
publish them (and as `keras.datasets` returns them); Iris is scikit-learn's `load_iris`, which follows Fisher's
paper where the copy in the UCI repository does not.
"""

from typing import NamedTuple


class Array(NamedTuple):
    """What one array must be."""

    dtype: str
    shape: tuple[int, ...]
    sha256: str


ARRAYS: dict[str, dict[str, Array]] = {
    "iris": {
        "x": Array("<f8", (150, 4), "012f498fe9c8b3b34212c3c5d98e1f03f2f79931cd49349beb1bad64dcf164a7"),
        "y": Array("<i8", (150,), "734737f11162991213afc3a96aa5e8823b2d9cdcfb8992df1e85a0bae44b2395"),
    },
    "mnist": {
        "x_train": Array("|u1", (60000, 28, 28), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"),
        "y_train": Array("|u1", (60000,), "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"),
        "x_test": Array("|u1", (10000, 28, 28), "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"),
        "y_test": Array("|u1", (10000,), "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"),
    },
    "cifar10": {
        "x_train": Array("|u1", (50000, 32, 32, 3), "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a"),
        "y_train": Array("|u1", (50000, 1), "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253"),
        "x_test": Array("|u1", (10000, 32, 32, 3), "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04"),
        "y_test": Array("|u1", (10000, 1), "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5"),
    },
}
