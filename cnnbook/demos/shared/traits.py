"""The kinds of values that demos take. What is stored is plain Python, so that it becomes JSON; everything else is refused.

`validate` of a trait looks at the value alone. Where a value must go with the other traits, the demo adds a validator of traitlets,
which is called once all of several traits are set, and refuses with `refuse`.
"""

import math
import numbers
import reprlib

import numpy as np
import traitlets

LARGEST = 2**53 - 1  # of the whole numbers that JavaScript counts exactly


def refuse(where: str, value: object, takes: str, given: str = ""):
    """Say what a trait got and what it takes; `given` names what this depends on, for instance "colour='grey'".

    Raises:
        traitlets.TraitError: always.
    """
    raise traitlets.TraitError(f"{where} is {reprlib.repr(value)}; {f'with {given} ' if given else ''}it takes {takes}")


class Kind(traitlets.TraitType):
    """A trait that is read by `read(where, value)`, which returns plain Python or refuses; `takes` says what it takes."""

    takes: str

    def __init__(self, default=traitlets.Undefined, **keywords):
        super().__init__(default, **keywords)

    def read(self, where: str, value: object) -> object:
        """Return the value as it is stored, or refuse it, calling it `where`."""
        raise NotImplementedError

    def validate(self, demo, value):
        return self.read(self.name, value)


class Whole(Kind):
    """A whole number from `least` to `most`; True is none."""

    def __init__(self, default=0, *, least: int = 0, most: int = LARGEST):
        super().__init__(default)
        self.least, self.most = least, most
        self.takes = f"a whole number from {least} to {most}" if most < LARGEST else f"a whole number of at least {least}"

    def read(self, where, value):
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or not self.least <= value <= self.most:
            refuse(where, value, self.takes)
        return int(value)


class Finite(Kind):
    """A number that is neither NaN nor infinite, from `least` to `most`, or `above` and `below` them; True is none."""

    def __init__(self, default=0.0, *, least=-math.inf, most=math.inf, above=-math.inf, below=math.inf):
        super().__init__(default)
        self.inside = lambda value: least <= value <= most and above < value < below
        lower = "" if max(least, above) == -math.inf else f"of at least {least}" if least > above else f"above {above}"
        upper = "" if min(most, below) == math.inf else f"at most {most}" if most < below else f"below {below}"
        if lower == f"of at least {least}" and upper == f"at most {most}":
            self.takes = f"a number from {least} to {most}"
        else:
            self.takes = f"a {'' if lower and upper else 'finite '}number {' and '.join(filter(None, (lower, upper)))}".rstrip()

    def read(self, where, value):
        if not isinstance(value, numbers.Real) or isinstance(value, bool) or not math.isfinite(value) or not self.inside(value):
            refuse(where, value, self.takes)
        return float(value)


class Flag(Kind):
    """True or False."""

    takes = "True or False"

    def read(self, where, value):
        if not isinstance(value, bool | np.bool_):
            refuse(where, value, self.takes)
        return bool(value)


class Text(Kind):
    """A text."""

    takes = "a text"

    def read(self, where, value):
        if not isinstance(value, str):
            refuse(where, value, self.takes)
        return str(value)


class Choice(Kind):
    """One of some texts or of some numbers."""

    def __init__(self, options, default=None):
        self.options = tuple(options)
        super().__init__(self.options[0] if default is None else default)
        self.takes = f"one of {', '.join(map(str, self.options))}"

    def read(self, where, value):
        kind = str if isinstance(value, str) else numbers.Real
        if isinstance(value, kind) and not isinstance(value, bool):
            for option in self.options:
                if isinstance(option, kind) and option == value:
                    return option
        return refuse(where, value, self.takes)


class Several(Kind):
    """A list of values of one kind, `least` to `most` of them; `takes` says so in words."""

    def __init__(self, item: Kind, takes: str, default=traitlets.Undefined, *, least: int = 1, most: float = math.inf):
        super().__init__()
        self.item, self.takes, self.least, self.most = item, takes, least, most
        if default is not traitlets.Undefined:
            self.make_dynamic_default = lambda: self.read(self.name, default)  # each demo gets a list of its own

    def read(self, where, value):
        values = value.tolist() if isinstance(value, np.ndarray) and value.ndim else value
        if not isinstance(values, list | tuple) or not self.least <= len(values) <= self.most:
            refuse(where, value, self.takes)
        try:
            return [self.item.read(where, each) for each in values]
        except traitlets.TraitError:
            return refuse(where, value, self.takes)


class Place(Several):
    """[row, column], both counted from 0."""

    def __init__(self, default=(0, 0)):
        super().__init__(Whole(), "[row, column], two whole numbers from 0", list(default), least=2, most=2)


def inside(proposal, height: int, width: int, given: str = "") -> list[int]:
    """The proposed [row, column], if it lies in a map of this size.

    Raises:
        traitlets.TraitError: it does not; `given` names what the size depends on.
    """
    row, column = proposal.value
    if row >= height or column >= width:
        refuse(proposal.trait.name, proposal.value, f"[row, column], row from 0 to {height - 1}, column from 0 to {width - 1}", given)
    return proposal.value


class Grid(Several):
    """Rows of equally many finite numbers, at most `most_side` rows and columns, each number at most `reach` from 0."""

    def __init__(self, default, *, most_side: int, reach: float):
        row = Several(Finite(least=-reach, most=reach), "", most=most_side)
        takes = f"1 to {most_side} rows of equally many numbers, 1 to {most_side}, each from -{reach} to {reach}"
        super().__init__(row, takes, default, most=most_side)

    def read(self, where, value):
        rows = super().read(where, value)
        if len({len(row) for row in rows}) > 1:
            refuse(where, value, self.takes)
        return rows


class Fields(Kind):
    """A dict with exactly these keys, each of a kind of its own."""

    def __init__(self, **kinds: Kind):
        super().__init__()
        self.kinds = kinds
        self.takes = f"a dict with {', '.join(kinds)}"

    def read(self, where, value):
        if not isinstance(value, dict) or set(value) != set(self.kinds):
            refuse(where, value, self.takes)
        return {key: kind.read(f"{where}[{key!r}]", value[key]) for key, kind in self.kinds.items()}


class LayerPair(Kind):
    """[kernel_size, stride] of a convolution, each from a few."""

    def __init__(self, kernels, strides):
        super().__init__()
        self.parts = (Choice(kernels), Choice(strides))
        self.takes = f"[kernel_size, stride], kernel_size {self.parts[0].takes}, stride {self.parts[1].takes}"

    def read(self, where, value):
        if not isinstance(value, list | tuple) or len(value) != 2:
            refuse(where, value, self.takes)
        return [part.read(where, each) for part, each in zip(self.parts, value, strict=True)]


class Layers(Kind):
    """A list of dicts with "kind" and, for each kind, settings of their own: `kinds[kind][setting]`."""

    def __init__(self, kinds: dict[str, dict[str, Kind]], default: list[dict], *, most: int):
        super().__init__()
        self.kinds, self.most = kinds, most
        self.takes = f"a list of at most {most} dicts, each with a kind from {', '.join(kinds)}"
        self.make_dynamic_default = lambda: self.read(self.name, default)

    def read(self, where, value):
        if not isinstance(value, list | tuple) or len(value) > self.most:
            refuse(where, value, self.takes)
        return [self._layer(f"{where}[{i}]", each) for i, each in enumerate(value)]

    def _layer(self, where: str, value: object) -> dict:
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in self.kinds:
            refuse(where, value, f"a dict with a kind from {', '.join(self.kinds)}")
        return Fields(kind=Choice(self.kinds), **self.kinds[kind]).read(where, value)


class Fixed(traitlets.Dict):
    """Facts that Python has and JavaScript reads; a dict that nobody sets."""

    def __init__(self, facts: dict):
        super().__init__(facts, read_only=True)
