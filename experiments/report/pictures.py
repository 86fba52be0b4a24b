"""The pictures of the report: what experiments published, and the slides' own figures, drawn once each.

All become WebP, which every browser of the last years shows: drawings without loss but in at most 256 colours, a third
of a PNG's bytes; photographs as such. What they are made from, at full quality, lies in the results.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from experiments.data.errors import DataError
from experiments.figures.slides.catalogue import CATALOGUE
from experiments.figures.slides.drawing import draw_to_file
from experiments.ledger.measuring import Published, UnmeasuredError

FOLDER = "figures"
"""Where they lie, beside the pages."""

PHOTOGRAPHS = ("misclassified", "sample_grid", "predicted_distributions", "mnist_digits", "channel_tables")
"""Figures that show pictures of the data: a dark page leaves their colours alone."""

_MOST_NAMED = 8
"""Variants that are named for those who do not see a picture."""


@dataclass(frozen=True)
class Picture:
    """A picture beside the pages.

    Attributes:
        source: its place.
        width: on the screen.
        height: on the screen.
        title: what stands below it.
        alt: what it shows, for those who do not see it.
        photographs: whether it shows pictures of the data.
        experiment: whose results it shows; empty for a figure without training.
        numbers: the file of the numbers behind it, where there is one.
    """

    source: str
    width: int
    height: int
    title: str
    alt: str
    photographs: bool
    experiment: str = ""
    numbers: str = ""


@dataclass(frozen=True)
class Missing:
    """A picture that should be there, and why it is not."""

    title: str
    reason: str


class Pictures:
    """Fills the report's folder with the pictures that its pages ask for, each once."""

    def __init__(self, folder: Path, results: Path, published: Callable[[str], Published], cache: Path):
        """Nothing is drawn yet.

        Args:
            folder: the report's.
            results: where the published figures lie.
            published: what is published of an experiment.
            cache: the folder of fetched data, for slide figures that show some.
        """
        self._folder, self._results, self._of, self._cache = folder, results, published, cache
        self._made: dict[str, Picture | Missing] = {}

    def slide_figure(self, name: str) -> Picture | Missing:
        """One of the slides' own figures."""
        if name not in self._made:
            self._made[name] = self._draw(name)
        return self._made[name]

    def drawn(self, experiment: str, figure: str, variant: str) -> Picture | Missing:
        """The figure of a trained experiment that shows a variant: the one by which a claim is judged."""
        try:
            file = self._of(experiment).drawn(figure, variant)
        except UnmeasuredError as error:
            return Missing(title_of(figure), str(error))
        return self._trained(experiment, Path(file).stem)

    def all_of(self, experiment: str) -> list[Picture | Missing]:
        """Every published figure of an experiment whose results are those of its config."""
        stems = sorted(Path(name).stem for name in self._of(experiment).files if name.endswith(".png"))
        return [self._trained(experiment, stem) for stem in stems]

    def of_sweep(self, experiment: str) -> list[Picture | Missing]:
        """The figures of an experiment's sweep; none where there is none."""
        stems = sorted(path.stem for path in (self._results / experiment / "sweep").glob("*.png"))
        of = f"of the sweep of {self._of(experiment).experiment.spec.title}"
        return [self._copied(experiment, f"sweep/{stem}", title_of(stem), f"{title_of(stem)} {of}") for stem in stems]

    def beside(self, folder: str) -> list[Picture | Missing]:
        """Every PNG of a folder of the results, such as the benchmarks'."""
        stems = sorted(path.stem for path in (self._results / folder).glob("*.png"))
        chart = "as a chart of the numbers below"
        return [self._copied(folder, stem, title_of(stem), f"{title_of(stem)} {chart}") for stem in stems]

    def _trained(self, experiment: str, stem: str) -> Picture | Missing:
        published = self._of(experiment)
        spec, shown = published.experiment.spec, published.shown_in.get(f"{stem}.png", ())
        several = len(published.experiment.variants) > 1 and shown
        variants = f": {_listed([spec.label_of(variant) for variant in shown])}" if several else ""
        kind, _, own = stem.partition("-")
        title = f"{title_of(kind)}, {spec.label_of(own)}" if own in published.experiment.variants else title_of(stem)
        comma = "," if "," in title else ""
        return self._copied(experiment, stem, title, f"{title}{comma} of {spec.title}{variants}")

    def _copied(self, folder: str, stem: str, title: str, alt: str) -> Picture | Missing:
        """A picture of the results, `stem` being its path in their folder without the suffix."""
        key = f"{folder}/{stem}"
        if key not in self._made:
            source = self._results / folder / f"{stem}.png"
            try:
                picture = self._convert(source, f"{folder}-{stem.replace('/', '-')}", title, alt)
            except OSError as error:
                self._made[key] = Missing(title, f"{source.name} of {folder} cannot be read: {error}")
            else:
                table = f"{self._results.name}/{key}.csv" if source.with_suffix(".csv").is_file() else ""
                self._made[key] = replace(picture, experiment=folder, numbers=table)
        return self._made[key]

    def _draw(self, name: str) -> Picture | Missing:
        title = CATALOGUE[name][2]
        with TemporaryDirectory() as folder:
            try:
                png = draw_to_file(name, Path(folder) / f"{name}.png", cache=self._cache)
            except DataError as error:
                return Missing(title, str(error))
            return self._convert(png, f"slide-{name}", title, f"{title}, drawn anew")

    def _convert(self, png: Path, stem: str, title: str, alt: str) -> Picture:
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
        return Picture(f"{FOLDER}/{target.name}", width // 2, height // 2, title, alt, photographs)


def _listed(variants: Sequence[str]) -> str:
    more = len(variants) - _MOST_NAMED
    return ", ".join(variants[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _in_few_colours(image: Image.Image) -> Image.Image:
    few = image.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).convert("RGB")
    return few.point(lambda value: 255 if value >= 250 else value)  # paper stays white


def title_of(stem: str) -> str:
    """'confusion_matrix-no_decay' -> 'Confusion matrix, no decay'."""
    figure, _, variant = stem.partition("-")
    text = figure.replace("_", " ").capitalize()
    return f"{text}, {variant.replace('_', ' ')}" if variant else text
