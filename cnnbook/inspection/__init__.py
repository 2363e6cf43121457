"""A Keras model as a table: what each layer gives, what it has to learn and how much it multiplies, each with its arithmetic."""

from importlib import import_module

_WHERE = {"Call": "graph", "calls": "graph", "Row": "layer_table", "Table": "layer_table", "table": "layer_table"}
__all__ = [*_WHERE]


def __getattr__(name: str):
    """Load what is asked for, and Keras with it: whoever has a model has loaded it already."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_WHERE)}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
