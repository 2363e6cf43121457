"""A Keras model as a table: what each layer gives, what it has to learn and how much it multiplies, each with its arithmetic."""

from cnnbook.inspection.graph import Call, calls
from cnnbook.inspection.layer_table import Row, Table, table

__all__ = ["Call", "Row", "Table", "calls", "table"]
