"""Set-ups to start from, each with what to look for."""

from pathlib import Path

from cnnbook.demos.training_ground.rules import layer, setup

RECORDED = Path(__file__).with_name("recorded.json")  # what was measured while each trained; `python -m bookbuild record-ground`
UPDATES = 460  # of the recorded trainings: ten epochs of all images in batches of 32

CONV, FLATTEN, LEAKY, NORM = layer("Conv2D"), layer("Flatten"), layer("LeakyReLU"), layer("BatchNormalization")
SECOND = layer("Conv2D", filters=16, stride=2)
PLAIN = [CONV, LEAKY, SECOND, LEAKY, FLATTEN, layer("Dense")]
NORMED = [CONV | {"bias": False}, NORM, LEAKY, SECOND | {"bias": False}, NORM, LEAKY, FLATTEN, layer("Dense")]
WHOLE = [
    part
    for filters, stride in ((8, 1), (8, 2), (16, 1), (16, 2))
    for part in (layer("Conv2D", filters=filters, stride=stride, bias=False), NORM, LEAKY)
] + [FLATTEN, layer("Dense", units=32, bias=False), NORM, LEAKY, layer("Dropout"), layer("Dense")]
# name -> {"title", "text", "setup"}; #ground=name in a page's address begins with it.
PRESETS = {
    "learning": {
        "title": "Watch it learn",
        "text": "Two convolutions and one dense layer. Watch the filters while the loss falls.",
        "setup": setup(PLAIN),
    },
    "zeros": {
        "title": "Every weight starts at zero",
        "text": "Look at the gradient’s norm in each layer: only the last layer has anything to learn from, and there only its bias.",
        "setup": setup(PLAIN, scheme="zeros"),
    },
    "equal": {
        "title": "Every weight starts equal",
        "text": "All weights of a layer start as the same number, so all its filters get the same gradient and stay copies of each other.",
        "setup": setup(PLAIN, scheme="equal"),
    },
    "small": {
        "title": "Weights start very small",
        "text": "Random weights, a hundred times smaller than usual. What leaves a layer is hardly more than zero at first.",
        "setup": setup(PLAIN, scheme="normal", scale=0.001),
    },
    "large": {
        "title": "Weights start very large",
        "text": "Random weights, ten times larger than usual. Look at the loss before the first update.",
        "setup": setup(PLAIN, scheme="normal", scale=1.0),
    },
    "he": {
        "title": "Weights start as He et al. advise",
        "text": "Random weights whose size depends on how many numbers each unit of the layer adds up.",
        "setup": setup(PLAIN, scheme="he_normal"),
    },
    "raw": {
        "title": "Raw pixels",
        "text": "Pixels from 0 to 255, as an image file holds them. Look for the first number that is not finite.",
        "setup": setup(PLAIN, optimizer="sgd", rate=0.1, pixels="0 to 255"),
    },
    "scaled": {
        "title": "The same with scaled pixels",
        "text": "The same network and the same learning rate as with raw pixels; only the pixels are scaled to between −1 and 1.",
        "setup": setup(PLAIN, optimizer="sgd", rate=0.1),
    },
    "without_norm": {
        "title": "A high learning rate",
        "text": "Keep this run, then train the same network with BatchNorm and compare the two.",
        "setup": setup(PLAIN, optimizer="sgd", rate=1.0),
    },
    "norm": {
        "title": "A high learning rate, with BatchNorm",
        "text": "With BatchNorm, and the same learning rate as without it.",
        "setup": setup(NORMED, optimizer="sgd", rate=1.0),
    },
    "usual_norm": {
        "title": "A usual learning rate, with BatchNorm",
        "text": "The network and the training of “Watch it learn”, with BatchNorm added.",
        "setup": setup(NORMED),
    },
    "hundred": {
        "title": "A hundred images",
        "text": "A hundred images can be learned by heart. Compare the accuracy on them with that on images the network has never seen.",
        "setup": setup(NORMED, images=100),
    },
    "dropout": {
        "title": "A hundred images, with Dropout",
        "text": "The same hundred images and the same network, with Dropout before its last layer.",
        "setup": setup([*NORMED[:-1], layer("Dropout"), layer("Dense")], images=100),
    },
    "whole": {
        "title": "The whole network in miniature",
        "text": "The shape of the book’s whole network: four convolutions, BatchNorm after each, and Dropout before the last layer.",
        "setup": setup(WHOLE),
    },
}
