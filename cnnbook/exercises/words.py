"""Every sentence that the checks say whatever the exercise, in one table, for Python and for the page's script alike.

A name in braces is filled in by whoever says it. Sentences start small and end without a full stop.
"""

WORDS = {
    # the verdict
    "right": "✓ {name}: right.",
    "wrong": "✗ {name}: {why}.",
    "open": "{name}: not answered yet.",
    "part": "{name}: {why}",
    "partly_open": "{name}: not answered yet: {parts}; the rest is right.",
    # numbers
    "no_number": "expected a number in digits, such as 1234.5, -0.75 or 2/7; got {answer}",
    "too_long": "expected a number in digits; got a text of {length} characters",
    "nan": "the answer is nan, which is not a number; it comes from 0 / 0, inf - inf, 0 · inf, or the root or logarithm of a negative "
    "number",
    "inf": "the answer is {answer}, which is not a finite number; look for a division by zero, a logarithm of 0 or something that grows "
    "too large",
    "divides_by_zero": "{answer} divides by zero",
    "far_too_large": "{answer} is far too large",
    "far_too_small": "{answer} is far too close to zero",
    "known": "{answer} is not right: {why}",
    "not_whole": "{answer} is not a whole number: {otherwise}",
    "too_high": "{answer} is too large{within}: {otherwise}",
    "too_low": "{answer} is too small{within}: {otherwise}",
    "within": " (anything within {share} would be right)",
    "many_digits": "a number with more than twenty digits",
    # words
    "no_word": "expected one of {allowed}; got {answer}",
    # arrays
    "shape": "the shape is {shape}; the exercise asks for {what} of shape {wanted}",
    "array": "not right: {why}",
    "first": "not right, first {place}",
    "cell": "{place}: {why}",
    "row_and_column": "at row {row}, column {column} (counted from 0)",
    "index": "at index {index}",
    "filtered": "not right: it turns the pixels {pixels} into {made} instead of {wanted}",
    # several answers
    "count": "expected {count} answers ({names}), got {answer}",
}


def say(sentence: str, **values: object) -> str:
    """A sentence of the table, filled in.

    Example:
        >>> say("open", name="sixteen_filters")
        'sixteen_filters: not answered yet.'
    """
    return WORDS[sentence].format(**values)
