"""Settings in the statements of claims: never typed, but filled in from where they stand.

`{cnn.epochs}` is what the recipe of a recorded experiment says, `{article.EPOCHS}` a fact of article.py; `{article.REPORTED_ACCURACY:.2%}`
is written as Python's `format` writes it.
"""

import re

from cnnbook import article, records
from cnnbook.claims.writing import text

SETTING = re.compile(r"\{(?P<source>[^{}:]+)\.(?P<name>\w+)(?::(?P<form>[^{}]+))?\}")


def filled(key: str, statement: str) -> str:
    """The statement of claim `key` as readers see it.

    Raises:
        ValueError: it names a setting that there is not.

    Example:
        >>> filled("trial", "After {cnn.epochs} epochs; the article says {article.REPORTED_ACCURACY:.2%}")
        'After 10 epochs; the article says 73.79 %'
    """
    shown = SETTING.sub(lambda setting: _written(_value(key, setting["source"], setting["name"]), setting["form"]), statement)
    if "{" in shown or "}" in shown:
        raise ValueError(f"the statement of claim {key!r} is {statement!r}; in braces it takes {{experiment.setting}} or {{article.FACT}}")
    return shown


def _value(key: str, source: str, name: str) -> object:
    if source == "article":
        if not hasattr(article, name):
            raise ValueError(f"the statement of claim {key!r} names {name!r}, which is no fact in article.py")
        return getattr(article, name)
    if not records.path_of(source).is_file():
        raise ValueError(f"the statement of claim {key!r} names {source!r}, which is no recorded experiment")
    recipe = records.load(source)[0].recipe
    if name not in recipe:
        raise ValueError(f"the statement of claim {key!r} names {name!r}; a recipe has {', '.join(sorted(recipe))}")
    return recipe[name]


def _written(value: object, form: str | None) -> str:
    if form:
        return format(value, form).replace("%", " %")
    return f"[{', '.join(text(part) for part in value)}]" if isinstance(value, list) else text(value)
