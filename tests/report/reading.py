"""What a page refers to, by the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

EMPTY = {"meta", "link", "img", "input", "br", "wbr", "hr", "source"}


@dataclass
class Page(HTMLParser):
    """A page's ids, links, loaded files, tags, handlers, and visible text."""

    ids: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    scripts: int = 0
    images_without_alt: int = 0
    unclosed: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.handlers += [name for name in given if name.startswith("on")]
        self.scripts += tag == "script"
        if "id" in given:
            self.ids.append(given["id"])
            if tag == "section":
                self.sections.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        self.images_without_alt += tag == "img" and "alt" not in given
        self.loaded += [given[name] for name in ("src", "srcset", "poster", "data") if name in given]
        if tag == "link":
            self.loaded.append(given["href"])
        if tag not in EMPTY:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed, f"</{tag}> without a beginning, line {self.getpos()[0]}"
        assert self.unclosed[-1] == tag, f"</{tag}> closes <{self.unclosed[-1]}>, line {self.getpos()[0]}"
        self.unclosed.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


def read(path: Path) -> Page:
    """Parse a page; fails where its tags are not nested."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.unclosed == [], path.name
    return page


def broken(folder: Path) -> list[str]:
    """Links and files of all pages of a folder that lead nowhere, or out of it."""
    pages = {path.name: read(path) for path in sorted(folder.glob("*.html"))}
    wrong = []
    for name, page in pages.items():
        for target in [*page.links, *page.loaded]:
            if target.startswith("data:"):
                continue
            file, _, anchor = target.partition("#")
            inside = not file or ((folder / file).is_file() and (folder / file).resolve().is_relative_to(folder))
            at = pages.get(file or name)
            # An anchor with `=` is the state of a filter.
            found = not anchor or "=" in anchor or (at is not None and anchor in at.ids)
            if not inside or not found:
                wrong.append(f"{name}: {target}")
    return wrong
