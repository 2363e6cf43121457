"""The layers, the loss and the optimizers in NumPy: what Keras computes, forward and backward, in code short enough to read.

Results have the floating type of the first argument (float64 for integers and bools); the other arrays are converted to it.
float16 and bfloat16 are computed in float32 and rounded at the end. NaN and infinities pass through, where they are seen in the
result; they are refused where a comparison would hide them. No argument is ever changed.

`<layer>_gradients(inputs, upstream, ...)` is a layer's way back: `upstream` is the gradient of the loss with respect to the layer's
output, and has its shape; the results are the gradients of the loss with respect to what the layer was given.
"""

from cnnbook.reference.activations import leaky_relu, leaky_relu_gradients, relu, relu_gradients
from cnnbook.reference.batch_norm import batch_norm, batch_norm_gradients
from cnnbook.reference.convolution import conv2d, conv2d_gradients
from cnnbook.reference.dense import dense, dense_gradients
from cnnbook.reference.dropout import dropout, dropout_gradients, dropout_mask
from cnnbook.reference.loss import softmax, softmax_cross_entropy, softmax_cross_entropy_gradients, softmax_gradients
from cnnbook.reference.optimizers import adam_update, momentum_update, sgd_update
from cnnbook.reference.pooling import (
    average_pool2d,
    average_pool2d_gradients,
    global_average_pool2d,
    global_average_pool2d_gradients,
    max_pool2d,
    max_pool2d_gradients,
)

__all__ = [
    "adam_update",
    "average_pool2d",
    "average_pool2d_gradients",
    "batch_norm",
    "batch_norm_gradients",
    "conv2d",
    "conv2d_gradients",
    "dense",
    "dense_gradients",
    "dropout",
    "dropout_gradients",
    "dropout_mask",
    "global_average_pool2d",
    "global_average_pool2d_gradients",
    "leaky_relu",
    "leaky_relu_gradients",
    "max_pool2d",
    "max_pool2d_gradients",
    "momentum_update",
    "relu",
    "relu_gradients",
    "sgd_update",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradients",
    "softmax_gradients",
]
