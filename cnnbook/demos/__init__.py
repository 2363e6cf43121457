"""The interactive demos: each one an ipywidget in Jupyter and, without any kernel, part of the published page."""

from cnnbook.demos.activation_history import ActivationHistory
from cnnbook.demos.cifar_training import CifarTraining
from cnnbook.demos.dropout_mask import DropoutMask
from cnnbook.demos.layer_table import LayerTable
from cnnbook.demos.live_cnn import LiveCNN
from cnnbook.demos.normalized_batch import NormalizedBatch
from cnnbook.demos.receptive_field import ReceptiveField
from cnnbook.demos.sliding_filter import SlidingFilter
from cnnbook.demos.training_ground import TrainingGround
from cnnbook.demos.way_back import WayBack

__all__ = [
    "ActivationHistory",
    "CifarTraining",
    "DropoutMask",
    "LayerTable",
    "LiveCNN",
    "NormalizedBatch",
    "ReceptiveField",
    "SlidingFilter",
    "TrainingGround",
    "WayBack",
]
