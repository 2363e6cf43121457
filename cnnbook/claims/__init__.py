"""The ledger of claims: each checked number of the book with its bound, compared with what a chapter measures."""

from cnnbook.claims.ledger import CONFIDENCE, Claim, ClaimBroken, check, ledger, mean_and_sd, prediction_interval, tell, tell_record, text

__all__ = [
    "CONFIDENCE",
    "Claim",
    "ClaimBroken",
    "check",
    "ledger",
    "mean_and_sd",
    "prediction_interval",
    "tell",
    "tell_record",
    "text",
]
