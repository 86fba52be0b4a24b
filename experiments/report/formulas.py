r"""LaTeX formulas as MathML, which browsers typeset by themselves, without a script or a font of ours."""

from xml.etree import ElementTree

from latex2mathml.converter import convert
from markupsafe import Markup

_UNKNOWN = {r"\arg": r"\operatorname{arg}"}
"""Commands that latex2mathml does not know -> the same in commands that it knows."""

_SPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = (
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded",
    "mphantom", "mfenced", "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts",
    "mprescripts", "none", "mtable", "mtr", "mtd",
)  # fmt: skip
_ATTRIBUTES = (
    "display", "stretchy", "fence", "form", "separator", "lspace", "rspace", "width", "height", "depth", "voffset",
    "mathvariant", "mathsize", "minsize", "maxsize", "displaystyle", "scriptlevel", "movablelimits", "accent",
    "linethickness", "symmetric", "largeop", "columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines",
    "notation",
)  # fmt: skip


def mathml(latex: str) -> Markup:
    r"""A formula as a MathML block; its source as code where it cannot be converted.

    >>> "<msup>" in mathml("x^2")
    True
    >>> str(mathml(r"\nosuchcommand < 1"))
    '<code class="latex">\\nosuchcommand &lt; 1</code>'
    """
    text = latex
    for unknown, known in _UNKNOWN.items():
        text = text.replace(unknown, known)
    try:
        converted = convert(text, display="block")
    except Exception:  # its parser raises whatever it stumbles over
        converted = ""
    if not _is_mathml(converted):
        return Markup('<code class="latex">{}</code>').format(latex)
    return Markup(converted)  # noqa: S704 - nothing but MathML's own elements


def _is_mathml(text: str) -> bool:
    r"""Whether a text is MathML and nothing else: the converter lets through what stands in a \text."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without entities of its own it cannot grow
    except ElementTree.ParseError:
        return False
    return all(
        element.tag.removeprefix(_SPACE) in _ELEMENTS
        and all(name in _ATTRIBUTES for name in element.attrib)
        and "\\" not in (element.text or "")
        for element in root.iter()
    )
