"""What the page's training needs to know, taken from where the book has it: the network, the recipe, the archive, the recorded runs."""

from dataclasses import asdict

from cnnbook import article, data, recipes, records

RECIPE = asdict(recipes.ARTICLE)
EXPERIMENT = "cnn"  # whose recorded runs stand beside
LIMITS = {"workers": 16, "epochs": 40, "seed": 9999}  # the last batch of an epoch has 16 images, and no Worker may go without

# The binary version of CIFAR-10: in each file so many images.
FILES = {"training": [f"data_batch_{n}.bin" for n in range(1, 6)], "test": ["test_batch.bin"]}
ARCHIVE = {
    "name": "cifar-10-binary.tar.gz",
    "files": FILES,
    "images": article.TRAINING_IMAGES // len(FILES["training"]),
    "sha256": data.ARRAY_SHA256,
}


def layers() -> list[dict]:
    """The layers of `models.cnn`, as the page's engine takes them; softmax is part of its loss."""
    norm, leaky = {"kind": "BatchNormalization", "epsilon": article.EPSILON}, {"kind": "LeakyReLU", "slope": article.LEAKY_SLOPE}
    made = []
    for filters, stride in article.CONVOLUTIONS:
        made += [{"kind": "Conv2D", "filters": filters, "kernel": article.KERNEL_SIZE, "stride": stride, "padding": "same"}, norm, leaky]
    made += [{"kind": "Flatten"}, {"kind": "Dense", "units": article.DENSE_UNITS}, norm, leaky]
    return [*made, {"kind": "Dropout", "rate": article.DROPOUT_RATE}, {"kind": "Dense", "units": article.CLASSES}]


NETWORK = {
    "layers": layers(),
    "shape": list(article.INPUT_SHAPE),
    "classes": article.CLASSES,
    "initialisation": {"scheme": "glorot_uniform"},
}


def recorded() -> dict:
    """Of Keras's recorded runs: how many, and the lowest and the highest test accuracy after each epoch."""
    runs = records.load(EXPERIMENT)
    epochs = list(zip(*(run.history["val_accuracy"] for run in runs), strict=True))
    return {"runs": len(runs), "least": [min(values) for values in epochs], "most": [max(values) for values in epochs]}
