"""Numbers as the page writes them, for the stand-ins."""


def decimals(value: float, digits: int) -> str:
    """So many decimals and a true minus.

    Example:
        >>> decimals(-0.5, 2)
        '−0.50'
    """
    return f"{value:z.{digits}f}".replace("-", "−")


def short(value: float, digits: int) -> str:
    """At most so many decimals and a true minus.

    Example:
        >>> short(-2.50, 2), short(-0.001, 2)
        ('−2.5', '0')
    """
    text = decimals(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def sides(shape) -> str:
    """A shape in words: "13 × 13 × 32"."""
    return " × ".join(map(str, shape))
