"""Whole numbers from a seed, the same ones in Python and in the page's script."""

from collections.abc import Sequence


class Draws:
    """Whole numbers from the generator mulberry32."""

    def __init__(self, seed: int):
        self._state = seed

    def between(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        most = 0xFFFFFFFF
        self._state = (self._state + 0x6D2B79F5) & most
        mixed = ((self._state ^ (self._state >> 15)) * (self._state | 1)) & most
        mixed ^= (mixed + (mixed ^ (mixed >> 7)) * (mixed | 61)) & most
        return low + int((mixed ^ (mixed >> 14)) / 2**32 * (high - low + 1))

    def pick(self, choices: Sequence) -> object:
        """One of them."""
        return choices[self.between(0, len(choices) - 1)]

    def table(self, side: int, low: int, high: int) -> list[list[int]]:
        """A square of numbers, not all of them 0."""
        rows = [[self.between(low, high) for _ in range(side)] for _ in range(side)]
        if not any(map(any, rows)):
            rows[0][0] = 1
        return rows
