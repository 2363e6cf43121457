"""The networks of the book, uncompiled: the article's in `networks`, and the whole network with one thing changed in `ablations`."""

from cnnbook.models import ablations
from cnnbook.models.networks import cnn, mlp, two_layer_cnn, two_layer_cnn_relu

__all__ = ["ablations", "cnn", "mlp", "two_layer_cnn", "two_layer_cnn_relu"]
