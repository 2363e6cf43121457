"""The calls of a model: every place in its graph where a layer is used, with the shapes that go in and come out there.

A layer knows all calls that were ever made of it, also those of other models. So one batch is followed through the graph of this
model, as shapes only: nothing is computed, and the model stays as it is.
"""

from dataclasses import dataclass

from cnnbook.keras_quietly import keras

_INPUT = keras.Input((1,), name="input")
_FUNCTIONAL = type(keras.Model(_INPUT, _INPUT, name="functional"))  # a class for which Keras has no public name
BATCH = 89  # images in the batch that is followed; hardly a size in a model, so that a layer that mixes images is noticed


@dataclass(frozen=True)
class Call:
    """One use of a layer: its name after those of the models around it, and the shapes for one image."""

    name: str
    layer: object
    inputs: tuple[tuple[int, ...], ...]
    output: tuple[int, ...]

    def __str__(self) -> str:
        """How a message names the layer."""
        return _named(self.name, self.layer)


def calls(model) -> list[Call]:
    """Every use of a layer in a Keras model, in the order of computation; models within the model are opened.

    A model whose own `layers` show its inputs, which a `Sequential` does not, begins with a call for each input.

    Raises:
        TypeError: `model` is not a Keras model, or it (or a model within it) is more than the graph that Keras knows; a layer gives
            several outputs.
        ValueError: the model does not know its input yet, a size is not fixed, or a layer mixes the images of a batch.

    Example:
        >>> from cnnbook.models import two_layer_cnn
        >>> [(type(call.layer).__name__, call.output) for call in calls(two_layer_cnn())][:2]
        [('InputLayer', (32, 32, 3)), ('Conv2D', (16, 16, 10))]
    """
    _check_model(model)
    batch, found = next((size for tensor in model.inputs for size in tensor.shape[:1] if size), BATCH), []
    for layer in _plain(model).layers:
        if type(layer) is keras.layers.InputLayer:
            shape = tuple(layer.batch_shape[1:])
            if None in shape:
                known = f"{_named(layer.name, layer)} of model {model.name!r} has the shape {tuple(layer.batch_shape)}"
                raise ValueError(f"{known}; build the model on a keras.Input whose sizes are all fixed")
            if layer in model.layers:
                found.append(Call(layer.name, layer, (shape,), shape))
    follow = _Follower(batch, found)
    follow(model, [(batch, *tensor.shape[1:]) for tensor in model.inputs], "")
    return found


class _Follower:
    """Follows a batch through a model, and through the models within it, and notes each call."""

    def __init__(self, batch: int, found: list[Call]):
        self.batch, self.found = batch, found

    def __call__(self, model, shapes: list[tuple[int, ...]], path: str) -> list:
        """Note the calls of `model` on inputs of these shapes; return its outputs, which have a shape and a dtype and no values."""

        def call(layer, *args, **kwargs):
            taken = [tensor for tensor in keras.tree.flatten((args, kwargs)) if isinstance(tensor, keras.KerasTensor)]
            name = path + layer.name
            if _is_plain_model(layer):
                given = self(layer, _shapes_for(layer, args[0] if args else kwargs["inputs"]), f"{name}/")
            else:
                given = self._outputs(layer, name, args, kwargs)
                self._note(layer, name, taken, given)
            return _StandIn(given)(*taken)

        pairs = zip(shapes, model.inputs, strict=True)
        inputs = [keras.Input(batch_shape=shape, dtype=tensor.dtype, name=tensor.name) for shape, tensor in pairs]
        copy = keras.models.clone_model(_plain(model), inputs, clone_function=lambda layer: layer, call_function=call)
        return [keras.KerasTensor(tensor.shape, tensor.dtype) for tensor in copy.outputs]

    def _outputs(self, layer, name: str, args: tuple, kwargs: dict) -> list:
        try:
            return keras.tree.flatten(layer.compute_output_spec(*args, **kwargs))
        except Exception as error:  # a layer of any kind has its own
            what = f"{_named(name, layer)} does not say which shape it gives ({type(error).__name__})"
            raise ValueError(f"{what}; put a layer of keras.layers in its place") from error

    def _note(self, layer, name: str, taken: list, given: list) -> None:
        if len(given) != 1:
            raise TypeError(f"{_named(name, layer)} gives {len(given)} outputs; only layers with one output are counted, so leave it out")
        shapes = [tuple(tensor.shape) for tensor in (*taken, *given)]
        if any(None in shape for shape in shapes):
            raise ValueError(f"{_named(name, layer)} gives the shape {shapes[-1]}; build the model so that all sizes are fixed")
        if any(shape[:1] != (self.batch,) for shape in shapes):
            raise ValueError(
                f"{_named(name, layer)} makes the shape {shapes[-1]} of {self.batch} images; where images are mixed, nothing can be "
                "counted for one of them, so leave the first axis as it is"
            )
        *inputs, output = (shape[1:] for shape in shapes)
        self.found.append(Call(name, layer, tuple(inputs), output))


def _named(name: str, layer) -> str:
    return f"layer {name!r} ({type(layer).__name__})"


class _StandIn(keras.Operation):
    """Takes a layer's place in the copy of the graph, so that the layer itself is not called once more."""

    def __init__(self, outputs: list):
        super().__init__()
        self.outputs = outputs

    def compute_output_spec(self, *inputs):
        return self.outputs


def _is_plain_model(layer) -> bool:
    """A model that computes its graph and nothing else: Sequential, functional, or a subclass with the `call` of one of them."""
    known = isinstance(layer, keras.Sequential | _FUNCTIONAL) and hasattr(layer, "inputs")
    return known and type(layer).call in (keras.Sequential.call, _FUNCTIONAL.call) and "call" not in vars(layer)


def _plain(model):
    """The graph of a model as a functional model, which a Sequential is not."""
    return keras.Model(model.inputs, model.outputs, name=model.name)


def _check_model(model) -> None:
    if not isinstance(model, keras.Model):
        raise TypeError(f"model is {model!r}; it takes a Keras model")
    if isinstance(model, keras.Sequential) and not hasattr(model, "inputs"):
        raise ValueError(f"model {model.name!r} does not know its input yet; start it with keras.Input, followed by a layer")
    if not _is_plain_model(model):
        raise TypeError(
            f"model {model.name!r} is a {type(model).__name__}, which computes what its own call says; only the layers of a "
            "keras.Sequential or of a keras.Model(inputs, outputs) can be listed, so build it as one of these"
        )


def _shapes_for(model, given) -> list[tuple[int, ...]]:
    """The shapes of what a model within a model is given, one for each of its inputs, as Keras assigns them."""
    by_name = isinstance(given, dict) and all(tensor.name in given for tensor in model.inputs)
    tensors = [given[tensor.name] for tensor in model.inputs] if by_name else keras.tree.flatten(given)
    # Keras adds or drops a last axis of size 1 where a model expects it so.
    return [(*tensor.shape, 1)[: len(own.shape)] for tensor, own in zip(tensors, model.inputs, strict=True)]
