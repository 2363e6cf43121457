"""The claims of the book: each checked number with its bound, compared with what a chapter measures, and how it is written."""

from cnnbook.claims.claim import Claim, ClaimBroken, ledger
from cnnbook.claims.statistics import (
    CONFIDENCE,
    MORE_SEEDS,
    SEEDS,
    Difference,
    differences,
    on_same_seeds,
    paired_difference,
    prediction_interval,
)
from cnnbook.claims.telling import check, tell, tell_difference, tell_record
from cnnbook.claims.writing import change_text, difference_text, in_words, mean_and_sd, text

__all__ = [
    "CONFIDENCE",
    "MORE_SEEDS",
    "SEEDS",
    "Claim",
    "ClaimBroken",
    "Difference",
    "change_text",
    "check",
    "difference_text",
    "differences",
    "in_words",
    "ledger",
    "mean_and_sd",
    "on_same_seeds",
    "paired_difference",
    "prediction_interval",
    "tell",
    "tell_difference",
    "tell_record",
    "text",
]
