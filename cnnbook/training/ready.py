"""What the training functions take for a network: a built functional or Sequential model; everything else is refused in a sentence."""

from collections.abc import Callable

from cnnbook.article import CLASSES, INPUT_SHAPE
from cnnbook.keras_quietly import Functional, keras


def network(model: object, *, images: bool = False, classes: bool = False, compiled: bool = False) -> None:
    """Raise unless `model` is a network that can be trained.

    Args:
        images: it takes CIFAR-10's images.
        classes: it gives a number for each class.
        compiled: it has been given a loss.

    Raises:
        TypeError: it is no Keras model, or one that computes in a way of its own.
        ValueError: it is not built, not compiled, or takes or gives something else.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"model is {model!r}; it takes a Keras model")
    if not isinstance(model, Functional | keras.Sequential):
        kinds = "keras.Model(inputs, outputs) or keras.Sequential"
        raise TypeError(f"model is a {type(model).__name__}, a subclass whose layers cannot be followed; it takes {kinds}")
    if not model.built:
        raise ValueError(f"model {model.name!r} is not built; give it keras.Input({INPUT_SHAPE}) as its first layer")
    if compiled and not model.compiled:
        raise ValueError(f"model {model.name!r} has no loss yet; call training.compile(model, recipe, updates) first")
    if images and not _fits(model.inputs, INPUT_SHAPE):
        raise ValueError(f"model {model.name!r} takes {_shapes(model.inputs)}; it takes a model of images (batch, {_listed(INPUT_SHAPE)})")
    if classes and not _fits(model.outputs, (CLASSES,)):
        raise ValueError(f"model {model.name!r} gives {_shapes(model.outputs)}; it takes a model that gives (batch, {CLASSES})")


def _fits(tensors: list, shape: tuple[int, ...]) -> bool:
    """Is it one tensor of that shape, as far as its sizes are known?"""
    if len(tensors) != 1 or len(tensors[0].shape) != len(shape) + 1:
        return False
    return all(size in (None, wanted) for size, wanted in zip(tensors[0].shape[1:], shape, strict=True))


def _listed(sizes: tuple) -> str:
    return ", ".join("any" if size is None else str(size) for size in sizes)


def _shapes(tensors: list) -> str:
    return " and ".join(f"(batch, {_listed(tensor.shape[1:])})" for tensor in tensors)


def name_of(build: Callable[[], keras.Model], model: keras.Model) -> str:
    """What a record calls the network: its builder, or where that has no name (a partial or a lambda), the model itself."""
    name = getattr(build, "__name__", "")
    return name if isinstance(name, str) and name.isidentifier() else model.name
