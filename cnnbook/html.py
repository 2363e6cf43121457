"""HTML from Python: elements and tables, in which every text is escaped in one place."""

from collections.abc import Iterable

from markupsafe import Markup, escape


def element(tag: str, *children: object, **attributes: object) -> Markup:
    """An HTML element; children that are no `Markup` are escaped, and attributes always.

    An attribute is written with `_` for `-` and after its name where it is a word of Python: `aria_label`, `class_`. True gives
    the bare name, None leaves it out.

    Example:
        >>> print(element("td", "2 < 3", element("br"), class_="sum"))
        <td class="sum">2 &lt; 3<br></td>
    """
    written = Markup("").join(_attribute(name, value) for name, value in attributes.items() if value is not None)
    start = Markup("<{}{}>").format(Markup(tag), written)
    return start if tag in ("br", "img") else start + join(children) + Markup("</{}>").format(Markup(tag))


def _attribute(name: str, value: object) -> Markup:
    name = name.rstrip("_").replace("_", "-")
    return Markup(f" {name}") if value is True else Markup(' {}="{}"').format(Markup(name), str(value))


def join(parts: Iterable[object], between: object = "") -> Markup:
    """Parts one after another, each escaped unless it is `Markup`.

    Example:
        >>> print(join(["a & b", element("b", "c")], " "))
        a &amp; b <b>c</b>
    """
    return escape(between).join(parts)


def table(caption: object, head: Iterable[object], rows: Iterable[Iterable[object]], **attributes: object) -> Markup:
    """A table: the first cell of each row names the row; a column without a title has an empty corner.

    Example:
        >>> print(table("Sizes", ["layer", "side"], [["Conv2D", 13]]))
        <table><caption>Sizes</caption><thead><tr><th scope="col">layer</th><th scope="col">side</th></tr></thead><tbody><tr><th scope="row">Conv2D</th><td>13</td></tr></tbody></table>
    """  # noqa: E501
    body = element("tbody", *(row(cells) for cells in rows))
    return element("table", element("caption", caption), header(head), body, **attributes)


def header(titles: Iterable[object]) -> Markup:
    """The head of a table: a title for each column, or an empty cell where it is ""."""
    return element("thead", element("tr", *(element("th", title, scope="col") if title else element("td") for title in titles)))


def row(cells: Iterable[object]) -> Markup:
    """A row of a table, its first cell the name of the row."""
    first, *others = cells
    return element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in others))
