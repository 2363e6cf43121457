"""What is counted for a call: the rule of each layer of Keras, known by its class and held against the weights it really has.

A multiply–accumulate is one product of a number of the input with a weight, and its addition to a sum. Counted are the products
of convolutions and dense layers: each weight of the kernel once for every position at which it is used. Positions at the edge count
in full, although some of their products are with zeros of the padding. Not counted are biases, normalization, activations, pooling,
the merging of branches, looking up an embedding, and whatever else is done without a kernel. This is how papers count
("multiply-adds" in Howard et al. 2017 and Sandler et al. 2018, "FLOPs (multiply-adds)" in He et al. 2016).
"""

from collections.abc import Callable
from dataclasses import dataclass

from cnnbook.inspection.graph import Call
from cnnbook.keras_quietly import layers

Sizes = tuple[int, ...]

# Of keras.layers, and without weights or possibly so, but multiplying all the same, or doing what nobody but their author knows.
NOT_COUNTED = {
    *("Attention", "AdditiveAttention", "Dot", "MelSpectrogram", "STFTSpectrogram"),
    *("Lambda", "Layer", "Pipeline", "Wrapper", "TimeDistributed", "Bidirectional", "SpectralNormalization"),
    *("RNN", "StackedRNNCells", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"),
}
# Of keras.ops, in a graph like `x + y`: what neither multiplies by weights nor matrices with each other.
COUNTED_OPERATIONS = {
    *("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "Negative", "Absolute", "Maximum", "Minimum", "Power", "Square", "Sqrt"),
    *("Exp", "Log", "Clip", "Cast", "Mean", "Sum", "Max", "Min", "MaxPool", "AveragePool", "Softmax", "LogSoftmax"),
    *("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Gelu", "Silu", "Sigmoid", "HardSigmoid", "HardSilu", "Softplus", "Tanh"),
    *("Concatenate", "Reshape", "Transpose", "Squeeze", "ExpandDims", "GetItem", "Pad"),
}


@dataclass(frozen=True)
class Rule:
    """How one class of layers is counted.

    Attributes:
        kernels: names of the weights whose products are counted.
        others: names of further weights that it may have.
        positions: given a call and the shapes of its kernels, the positions at which each kernel is used; None where the layer's
            settings, the shapes of the call and those of the kernels contradict each other.
    """

    kernels: tuple[str, ...]
    others: frozenset[str]
    positions: Callable[..., tuple[Sizes, ...] | None]


def products(call: Call) -> list[tuple[Sizes, Sizes]]:
    """For each kernel of a call: the positions at which it is used, and its shape; all sizes multiplied are its multiply–accumulates.

    Raises:
        TypeError: the layer is of a kind that the book does not count.
        ValueError: its weights are not those of a layer of its kind with its settings.

    Example:
        >>> from cnnbook.inspection.graph import calls
        >>> from cnnbook.models import two_layer_cnn
        >>> [products(call) for call in calls(two_layer_cnn())][1]
        [((16, 16), (4, 4, 3, 10))]
    """
    kind, weights = type(call.layer), getattr(call.layer, "weights", ())
    activation = getattr(call.layer, "activation", None)
    if hasattr(activation, "weights") and not _is_known_without_weights(type(activation)):
        raise TypeError(f"{call}: its activation is the layer {activation.name!r}; make it a layer of its own, and build it again")
    if "call" in vars(call.layer):
        raise TypeError(f"{call}: its method call was replaced, so what it multiplies is not known; build it again")
    rule = RULES.get(kind)
    if rule is None:
        if weights or not _is_known_without_weights(kind):
            raise TypeError(_refusal(call))
        return []
    names = [weight.name for weight in weights]
    kernels = [tuple(weight.shape) for weight in weights if weight.name in rule.kernels]
    expected = len(set(names)) == len(names) and set(rule.kernels) <= set(names) <= {*rule.kernels, *rule.others}
    positions = rule.positions(call, *kernels) if expected else None
    if positions is None:
        found = ", ".join(f"{weight.name} {tuple(weight.shape)}" for weight in weights) or "none"
        raise ValueError(
            f"{call}: its weights ({found}) are not those of a layer of its kind and settings between the shapes {call.inputs[0]} and "
            f"{call.output}; build it again, without LoRA, quantization or later changes"
        )
    return list(zip(positions, kernels, strict=True))


def _convolution(call: Call, kernel: Sizes) -> tuple[Sizes] | None:
    channels, _ = _channels_and_places(call.layer, call.inputs[0])
    filters, places = _channels_and_places(call.layer, call.output)
    return (places,) if kernel == (*call.layer.kernel_size, channels // call.layer.groups, filters) else None


def _transposed(call: Call, kernel: Sizes) -> tuple[Sizes] | None:
    """Its kernel is used at every position of the input, and what it gives is added up in the output."""
    channels, places = _channels_and_places(call.layer, call.inputs[0])
    filters, _ = _channels_and_places(call.layer, call.output)
    return (places,) if kernel == (*call.layer.kernel_size, filters, channels) else None


def _depthwise(call: Call, kernel: Sizes) -> tuple[Sizes] | None:
    channels, _ = _channels_and_places(call.layer, call.inputs[0])
    filters, places = _channels_and_places(call.layer, call.output)
    multiplier = call.layer.depth_multiplier
    return (places,) if kernel == (*call.layer.kernel_size, channels, multiplier) and filters == channels * multiplier else None


def _separable(call: Call, depthwise: Sizes, pointwise: Sizes) -> tuple[Sizes, Sizes] | None:
    """Both kernels are used at every position of the output: the stride is that of the depthwise convolution, which comes first."""
    channels, _ = _channels_and_places(call.layer, call.inputs[0])
    filters, places = _channels_and_places(call.layer, call.output)
    window, multiplier = call.layer.kernel_size, call.layer.depth_multiplier
    fits = depthwise == (*window, channels, multiplier) and pointwise == (*[1] * len(window), channels * multiplier, filters)
    return (places, places) if fits else None


def _dense(call: Call, kernel: Sizes) -> tuple[Sizes] | None:
    *places, inputs = call.inputs[0]
    return (tuple(places),) if kernel == (inputs, call.output[-1]) else None


def _einsum(call: Call, kernel: Sizes) -> tuple[Sizes] | None:
    """One product for each combination of the letters of "ab,bc->ac": those of the kernel, and the others of the input."""
    taken, multiplied, given = call.layer.equation.replace("->", ",").split(",")
    batch, *letters = _letters(taken, 1 + len(call.inputs[0]))
    first, *kept = _letters(given, 1 + len(call.output))
    sizes = dict([*zip(multiplied, kernel, strict=True), *zip(letters, call.inputs[0], strict=True)])
    places = [letter for letter in letters if letter not in multiplied]
    fits = [sizes[letter] for letter in multiplied] == [*kernel] and [sizes.get(letter) for letter in kept] == [*call.output]
    summed_alone = not set(places) <= set(kept)  # then adding first and multiplying afterwards is less work
    if not fits or summed_alone or first != batch or batch in multiplied or len(set(letters)) < len(letters):
        return None
    return (tuple(sizes[letter] for letter in places),)


def _letters(term: str, axes: int) -> list[str]:
    """One letter for each axis; dots stand for as many axes as are left, here called by digits from the right."""
    before, dots, after = term.partition("...")
    left = axes - len(before) - len(after) if dots else 0
    return [*before, *(str(axis) for axis in reversed(range(left))), *after]


def _channels_and_places(layer, shape: Sizes) -> tuple[int, Sizes]:
    return (shape[0], shape[1:]) if layer.data_format == "channels_first" else (shape[-1], shape[:-1])


def _is_known_without_weights(kind: type) -> bool:
    """Of Keras itself, by identity: a class of that name that somebody else wrote may do anything."""
    if kind.__module__.startswith("keras.src.ops."):
        return kind.__name__ in COUNTED_OPERATIONS
    return getattr(layers, kind.__name__, None) is kind and kind.__name__ not in NOT_COUNTED and kind not in RULES


def _refusal(call: Call) -> str:
    kind = type(call.layer)
    if kind.__module__.startswith("keras."):
        counted = "convolutions, dense and normalization layers, Embedding, PReLU and layers without weights"
        return f"{call}: the book has no rule for this kind; it counts {counted}, so count this one by hand and leave it out of the model"
    foreign = f"its class comes from {kind.__module__} and not from Keras, so what it multiplies is not known"
    return f"{call}: {foreign}; put layers of keras.layers in its place"


def _rules() -> dict[type, Rule]:
    """The rule of each class of keras.layers that has weights and is counted."""
    bias, kernel = frozenset({"bias"}), ("kernel",)
    found = {layers.Dense: Rule(kernel, bias, _dense), layers.EinsumDense: Rule(kernel, bias, _einsum)}
    for axes in ("1D", "2D", "3D"):
        found[getattr(layers, f"Conv{axes}")] = Rule(kernel, bias, _convolution)
        found[getattr(layers, f"Conv{axes}Transpose")] = Rule(kernel, bias, _transposed)
    for axes in ("1D", "2D"):
        found[getattr(layers, f"DepthwiseConv{axes}")] = Rule(kernel, bias, _depthwise)
        found[getattr(layers, f"SeparableConv{axes}")] = Rule(("depthwise_kernel", "pointwise_kernel"), bias, _separable)
    averages = {"moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"}
    without_kernel = {
        layers.BatchNormalization: {"gamma", "beta", *averages},
        layers.LayerNormalization: {"gamma", "beta"},
        layers.GroupNormalization: {"gamma", "beta"},
        layers.RMSNormalization: {"scale"},
        layers.Normalization: {"mean", "variance", "count"},
        layers.Embedding: {"embeddings"},
        layers.PReLU: {"alpha"},
    }
    return found | {kind: Rule((), frozenset(names), lambda call: ()) for kind, names in without_kernel.items()}


RULES = _rules()
