"""The interactive demos: each one an ipywidget in Jupyter and, without any kernel, part of the published page."""

from cnnbook.demos.layer_table import LayerTable
from cnnbook.demos.receptive_field import ReceptiveField
from cnnbook.demos.sliding_filter import SlidingFilter

__all__ = ["LayerTable", "ReceptiveField", "SlidingFilter"]
