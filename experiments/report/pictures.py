"""The pictures of the report: what experiments published, and the slides' own figures, drawn once each.

All become WebP, which every browser of the last years shows: drawings without loss but in at most 256 colours, a third
of a PNG's bytes; photographs as such. What they are made from, at full quality, lies in the results.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from experiments.data.errors import DataError
from experiments.figures.slides.catalogue import CATALOGUE
from experiments.figures.slides.drawing import draw_to_file
from experiments.ledger.measuring import UnmeasuredError

FOLDER = "figures"
"""Where they lie, beside the pages."""

PHOTOGRAPHS = ("misclassified", "sample_grid", "predicted_distributions", "mnist_digits", "channel_tables")
"""Figures that show pictures of the data: a dark page leaves their colours alone."""


@dataclass(frozen=True)
class Picture:
    """A picture beside the pages: its place, its size on the screen, and what it shows."""

    source: str
    width: int
    height: int
    title: str
    photographs: bool


@dataclass(frozen=True)
class Missing:
    """A picture that should be there, and why it is not."""

    title: str
    reason: str


class Pictures:
    """Fills the report's folder with the pictures that its pages ask for, each once."""

    def __init__(self, folder: Path, results: Path, files_of: Callable[[str], frozenset[str]], cache: Path):
        """Nothing is drawn yet.

        Args:
            folder: the report's.
            results: where the published figures lie.
            files_of: the files that belong to an experiment's results as its config stands; raises UnmeasuredError.
            cache: the folder of fetched data, for slide figures that show some.
        """
        self._folder, self._results, self._files_of, self._cache = folder, results, files_of, cache
        self._made: dict[str, Picture | Missing] = {}

    def slide_figure(self, name: str) -> Picture | Missing:
        """One of the slides' own figures."""
        if name not in self._made:
            self._made[name] = self._draw(name)
        return self._made[name]

    def drawn(self, experiment: str, figure: str, variant: str) -> Picture | Missing:
        """A figure of a trained experiment: the variant's own, else the one that shows all variants."""
        title = title_of(figure)
        try:
            files = self._files_of(experiment)
        except UnmeasuredError as error:
            return Missing(title, str(error))
        own = figure if variant == "base" else f"{figure}-{variant}"
        stem = next((stem for stem in (own, figure) if f"{stem}.png" in files), None)
        if stem is None:
            return Missing(title, f"{experiment} has published no figure {figure}; relecture run {experiment}")
        return self._published(experiment, stem)

    def all_of(self, experiment: str) -> list[Picture | Missing]:
        """Every published figure of an experiment, of which `files_of` must know the files."""
        stems = sorted(Path(name).stem for name in self._files_of(experiment) if name.endswith(".png"))
        return [self._published(experiment, stem) for stem in stems]

    def of_sweep(self, experiment: str) -> list[Picture | Missing]:
        """The figures of an experiment's sweep; none where there is none."""
        stems = sorted(path.stem for path in (self._results / experiment / "sweep").glob("*.png"))
        return [self._published(experiment, f"sweep/{stem}") for stem in stems]

    def beside(self, folder: str) -> list[Picture | Missing]:
        """Every PNG of a folder of the results, such as the benchmarks'."""
        return [self._published(folder, path.stem) for path in sorted((self._results / folder).glob("*.png"))]

    def _published(self, experiment: str, stem: str) -> Picture | Missing:
        key = f"{experiment}/{stem}"
        if key not in self._made:
            source, title = self._results / experiment / f"{stem}.png", title_of(Path(stem).name)
            try:
                self._made[key] = self._convert(source, f"{experiment}-{stem.replace('/', '-')}", title)
            except OSError as error:
                self._made[key] = Missing(title, f"{source.name} of {experiment} cannot be read: {error}")
        return self._made[key]

    def _draw(self, name: str) -> Picture | Missing:
        title = CATALOGUE[name][2]
        with TemporaryDirectory() as folder:
            try:
                png = draw_to_file(name, Path(folder) / f"{name}.png", cache=self._cache)
            except DataError as error:
                return Missing(title, str(error))
            return self._convert(png, f"slide-{name}", title)

    def _convert(self, png: Path, stem: str, title: str) -> Picture:
        target = self._folder / FOLDER / f"{stem}.webp"
        target.parent.mkdir(parents=True, exist_ok=True)
        photographs = png.stem.split("-")[0] in PHOTOGRAPHS
        with Image.open(png) as image:
            width, height = image.size
            if photographs:
                image.convert("RGB").save(target, format="WEBP", quality=82, method=4)
            else:
                _in_few_colours(image).save(target, format="WEBP", lossless=True, quality=30, method=2)
        # Saved at twice the screen's resolution.
        return Picture(f"{FOLDER}/{target.name}", width // 2, height // 2, title, photographs)


def _in_few_colours(image: Image.Image) -> Image.Image:
    few = image.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    return few.point(lambda value: 255 if value >= 250 else value)  # paper stays white


def title_of(stem: str) -> str:
    """'confusion_matrix-no_decay' -> 'Confusion matrix, no decay'."""
    figure, _, variant = stem.partition("-")
    text = figure.replace("_", " ").capitalize()
    return f"{text}, {variant.replace('_', ' ')}" if variant else text
