"""Print the whole book, as `make book` has built it, into one PDF: _build/html/$CNNBOOK_PDF.

Usage: make pdf      (needs Chromium)

The articles of all pages are put one after the other into _build/print.html, with a title page and a table of contents before
them, styled by assets/print.css and printed by Chromium. The first printing tells on which page each chapter and section
begins; the second has these numbers in the table of contents.
"""

import datetime
import json
import os
import posixpath
import re
from html import escape
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bookbuild import contents as book
from bookbuild.bookmarks import page_numbers, retitle
from bookbuild.chromium import launch
from bookbuild.places import BUILD, ROOT, SITE

PRINTED = BUILD / "print.html"
FRONT = "About this book"  # the front page's own title is the book's, which stands on the title page

NUMBER_CONTENTS = """numbers => { for (const link of document.querySelectorAll(".print-contents a"))
    link.querySelector(".page-number").textContent = numbers[link.hash.slice(1)]; }"""


def pages() -> list[str]:
    """The addresses of the book's pages in the site, in the order of the table of contents."""
    return [f"{name}.html" for name in book.pages()]


def anchor(page: str, fragment: str = "") -> str:
    """The id of a place in the printed book; two chapters may each have a section called "exercises"."""
    name = posixpath.basename(page).removesuffix(".html")
    return f"page-{name}-{fragment}" if fragment else f"page-{name}"


def moved(address: str, page: str, all_pages: list[str]) -> str | None:
    """Where a link of `page` leads to from the printed book; None where it leads nowhere on paper."""
    if "://" in address:
        return address
    path, _, fragment = address.partition("#")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return f"#{anchor(target, fragment)}" if target in all_pages else None


def article(soup: BeautifulSoup, page: str, all_pages: list[str]) -> Tag:
    """The text of a page with its ids, links and pictures adapted."""
    body = soup.select_one("article.bd-article")
    for link in body.select("a.headerlink"):
        link.decompose()
    for node in body.find_all(id=True):
        node["id"] = anchor(page, node["id"])
    for link in body.find_all(href=True):
        link["href"] = moved(link["href"], page, all_pages)
        if link["href"] is None:
            link.unwrap()
    for picture in body.find_all(src=re.compile("^(?!data:)")):
        for attribute in ("loading", "width", "height"):  # on paper everything is near, and as wide as the text
            picture.attrs.pop(attribute, None)
        picture["src"] = posixpath.join("html", posixpath.dirname(page), picture["src"])
    body.name, body["id"], body["style"] = "section", anchor(page), f"page: {anchor(page)}"
    if page == all_pages[0]:
        body.h1.string = FRONT
    return body


def entry(section: Tag, heading: Tag) -> str:
    """A line of the table of contents; the page's number comes after the first printing."""
    return f'<a href="#{section["id"]}"><span>{heading.decode_contents()}</span><span class="page-number"></span></a>'


def contents(articles: list[Tag]) -> str:
    """The table of contents: chapters and their sections."""
    lines = []
    for chapter in articles:
        sections = [entry(heading.parent, heading) for heading in chapter.select("section > section > h2")]
        inner = f"<ol><li>{'</li><li>'.join(sections)}</li></ol>" if sections else ""
        lines.append(f"<li>{entry(chapter, chapter.h1)}{inner}</li>")
    return f'<nav class="print-contents" aria-label="Contents"><h1>Contents</h1><ol>{"".join(lines)}</ol></nav>'


def title_page(config: dict) -> str:
    """Title, who wrote it, when it was printed and where the live book is."""
    site = escape(os.environ.get("CNNBOOK_SITE_URL", ""))
    live = f' are at <a href="{site}">{site}</a>' if site else " are on the book’s site"
    lines = (
        escape(config["author"]),
        f"Printed on {datetime.date.today():%d %B %Y} from the book’s pages. The live demos, which stand still here,{live}.",
        f"© {escape(config['copyright'])}. The prose and figures are under CC BY 4.0, the code under the MIT licence.",
    )
    return f'<header class="print-title"><h1>{escape(config["title"])}</h1><p>{"</p><p>".join(lines)}</p></header>'


def head(soups: dict[str, BeautifulSoup]) -> str:
    """The styles of the pages, and MathJax as pages with formulas load it."""
    page, soup = next((page, soup) for page, soup in soups.items() if soup.head.select_one("script[src*=mathjax]"))
    wanted = soup.head.select("link[rel=stylesheet]") + [node for node in soup.head("script") if "mathjax" in str(node).lower()]
    for node in wanted:
        for attribute in {"href", "src"} & set(node.attrs):
            node[attribute] = posixpath.join("html", posixpath.dirname(page), node[attribute])
    return "".join(map(str, wanted))


def whole_book() -> str:
    """The page to be printed."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    soups = {page: BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser") for page in pages()}
    articles = [article(soup, page, list(soups)) for page, soup in soups.items()]
    titles = {chapter["id"]: json.dumps(chapter.h1.get_text(), ensure_ascii=False) for chapter in articles}
    footers = "".join(f"@page {name} {{ @bottom-left {{ content: {title}; }} }}" for name, title in titles.items())
    return (
        f'<!DOCTYPE html><html lang="{config["sphinx"]["config"]["language"]}" data-theme="light"><head><meta charset="utf-8">'
        f'<title>{escape(config["title"])}</title><meta name="author" content="{escape(config["author"])}">'
        f"{head(soups)}<style>@page {{ size: A4; }} {footers}</style></head>"
        f'<body class="print-edition"><main class="bd-content"><div class="bd-article-container">'
        f"{title_page(config)}{contents(articles)}{''.join(map(str, articles))}</div></main></body></html>"
    )


def print_book(browser: Browser | BrowserContext, pdf: Path) -> None:
    """Print the built book into the file `pdf`."""
    PRINTED.write_text(whole_book(), encoding="utf-8")
    page = browser.new_page()
    page.goto(PRINTED.as_uri())
    page.evaluate("MathJax.startup.promise.then(() => document.fonts.ready).then(() => true)")
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    page.evaluate(NUMBER_CONTENTS, page_numbers(pdf))
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
    headings = page.locator("h1, h2, h3, h4, h5, h6").all_text_contents()
    retitle(pdf, [" ".join(heading.split()) for heading in headings], page.locator("meta[name=author]").get_attribute("content"))
    page.close()


def main() -> None:
    """Print it with whichever Chromium there is."""
    with sync_playwright() as playwright:
        print_book(launch(playwright), SITE / os.environ["CNNBOOK_PDF"])
