"""Places in a PDF that Chromium has printed: on which page each is, and the bookmarks' titles."""

import logging
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it mends a count in Chromium's file, and would say so each time


def page_numbers(pdf: Path) -> dict[str, int]:
    """The page, from 1, of each place that a link in the PDF leads to, by the id of its element."""
    reader = PdfReader(pdf)
    return {name.lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in reader.named_destinations.items()}


def retitle(pdf: Path, titles: list[str], author: str) -> None:
    """Give the bookmarks these titles, in order: Chromium doubles some, and drops the space where a heading's line ends.

    Raises:
        ValueError: there are not as many bookmarks as titles.
    """
    writer = PdfWriter(clone_from=pdf)
    found = list(_bookmarks(writer.root_object["/Outlines"]))
    if len(found) != len(titles):
        raise ValueError(f"{pdf} has {len(found)} bookmarks for {len(titles)} headings")
    for bookmark, title in zip(found, titles, strict=True):
        bookmark[NameObject("/Title")] = TextStringObject(title)
    writer.add_metadata({"/Author": author})
    writer.write(pdf)


def _bookmarks(parent: DictionaryObject) -> Iterator[DictionaryObject]:
    """Those beneath one, in the order of the book."""
    child = parent.get("/First")
    while child is not None:
        bookmark = child.get_object()
        yield bookmark
        yield from _bookmarks(bookmark)
        child = bookmark.get("/Next")
