"""More of what captions and alt texts say: how a figure draws, what stands in its tables, what its scales do."""

from collections.abc import Callable

import numpy as np
from scipy.special import softmax

from bookbuild import claims_page
from cnnbook import article, data, figures, reference
from tests import drawn, remembered
from tests.drawn import says
from tests.recorded import rises
from tests.remembered import ERROR, INPUTS, LABELS, WEIGHTS, near

MEASURED = claims_page.measured_values()

# A sentence about a drawing -> whether it is so.
DETAILS: dict[str, Callable[[], bool]] = {
    # Convolution
    "Three rows, each with a patch of three by three numbers, the filter, and their nine products.": lambda: all(
        near(patch * kernel, products) for patch, kernel, products in drawn.patches()
    ),
    "A grey photograph of a temple tower and two feature maps.": lambda: (
        "tower" in data.PHOTOGRAPHS["temple"].description
        and says(
            "01_convolution", "photograph = data.grey(photograph)", '"vertical edges"', '"horizontal edges"', "image_and_maps(photograph"
        )
    ),
    "Photograph: danielbuechele, CC BY 2.0, shipped with scikit-learn.": lambda: (
        drawn.credit("temple") == ("danielbuechele", "CC BY 2.0")
        and says("01_convolution", 'photograph = data.photograph("temple"', "figures.image_and_maps(photograph, maps)")
        and says(
            "02_stacking", 'photograph = data.grey(data.photograph("temple"', '"photograph": photograph', "figures.response_maps(rows)"
        )
    ),
    "A colour photograph of a dahlia, and its red, green and blue channels as three grey images.": lambda: (
        "dahlia" in data.PHOTOGRAPHS["flower"].description
        and [
            (cell.get_title(), cell.images[0].get_array().mean())
            for cell in figures.colour_channels(np.full((2, 2, 3), [0, 5, 9])).axes[1:]
        ]
        == [("red", 0), ("green", 5), ("blue", 9)]
    ),
    "Photograph: vultilion, CC BY 2.0, shipped with scikit-learn.": lambda: (
        drawn.credit("flower") == ("vultilion", "CC BY 2.0")
        and says("01_convolution", 'flower = data.photograph("flower")\nfigures.colour_channels(flower)')
    ),
    "Four grids of pixels, with a dot at each place where the middle of the filter comes to lie.": lambda: (
        [drawn.dots(cell) for cell in drawn.windows()] == [drawn.middles(*case) for case in drawn.CASES]
    ),
    "With valid padding the border has no dots; same padding adds a border of hatched squares for the zeros; a stride of two leaves out "
    "every other place.": lambda: (
        [len(drawn.squares(cell, hatched=True)) for cell in drawn.windows()] == [0, 7**2 - 5**2] * 2
        and [min(min(drawn.dots(cell))) for cell in drawn.windows()] == [1.5, 0.5] * 2
        and all(
            sorted({x for x, _ in drawn.dots(wide)}) == sorted({x for x, _ in drawn.dots(close)})[::2]
            for close, wide in zip(drawn.windows()[:2], drawn.windows()[2:], strict=True)
        )
    ),
    "A 3×3 filter (black frame, at its first place) on a small image.": lambda: all(
        cell.patches[-1].get_bbox().bounds == (*min(drawn.squares(cell, hatched=True) | drawn.squares(cell, hatched=False)), 3, 3)
        and cell.patches[-1].get_edgecolor() == (0, 0, 0, 1)
        for cell in drawn.windows()
    ),
    "Each dot marks the middle of one window, and so stands for one number of the feature map; hatched squares are zeros.": lambda: all(
        min(drawn.dots(cell)) == tuple(cell.patches[-1].get_center())
        and len(drawn.dots(cell)) == reference.conv2d(np.ones((1, 5, 5, 1)), np.ones((3, 3, 1, 1)), stride=stride, padding=padding).size
        and drawn.squares(cell, hatched=False) == {(x, y) for x in range(5) for y in range(5)}
        for cell, (stride, padding) in zip(drawn.windows(), drawn.CASES, strict=True)
    ),
    # Stacking convolutions
    "The network, drawn from the model itself: the face of each block shows height × width, and its thickness the number of channels.": (
        lambda: (
            [np.flatnonzero(drawn.block(*shape) > drawn.block(8, 8, 8) + 0.01).tolist() for shape in ((9, 8, 8), (8, 9, 8), (8, 8, 9))]
            == [[1], [2], [0]]
            and says("02_stacking", "figures.network([(type(layer).__name__, layer.output.shape[1:]) for layer in network.layers])")
        )
    ),
    "See how the face shrinks while the block gets thicker.": lambda: all(
        (larger[1:] > smaller[1:]).all() and larger[0] < smaller[0]
        for larger, smaller in zip(*([drawn.block(*shape) for shape in drawn.shapes()[start : start + 2]] for start in (0, 1)), strict=True)
    ),
    "Two tables of three by three weights.": lambda: [weights.shape for weights in drawn.edge_filters()] == [(3, 3)] * 2,
    "For a photograph of a temple tower, the two layers give scattered dots, and the single filters give lines.": drawn.points_and_lines,
    "The sum of both filters marks whole edges, and the closest filter marks the opposite corners as well.": lambda: (
        drawn.corner_maps("drawing")[0][8:20, 8:14].max() == 0 < drawn.corner_maps("drawing")[1][6:22, 8:14].max(1).min()
        and drawn.corner_maps("drawing")[2][20:25, 26:31].max() > drawn.corner_maps("drawing")[2][33:38, 9:14].max()
    ),
    "In the photograph, the two layers find points and the other filters lines.": drawn.points_and_lines,
    "How strongly each pixel influences the chosen unit of the second layer; white is no influence at all.": lambda: (
        rises([-drawn.colour(figures.influence(np.array([[0.0, 3.0]])).axes[0].images[0], value)[0] for value in (0, 1, 2, 3)])
        and drawn.colour(figures.influence(np.array([[0.0, 3.0]])).axes[0].images[0], 0).tolist() == [1, 1, 1, 1]
        and says("02_stacking", "unit = second(first(watched))[0, 4, 3, 7]", "influence = np.abs(tape.gradient(unit, watched)[0])")
    ),
    # Learning
    "A table of small photographs, one row per class, from airplane to truck.": lambda: (
        [data.CLASS_NAMES[0], data.CLASS_NAMES[-1]] == ["airplane", "truck"]
        and says("04_learning", "figures.examples({", "for number, name in enumerate(cifar10.class_names)")
    ),
    "Within a row the objects differ in colour, size and direction.": lambda: (
        drawn.differ_within_rows(drawn.examples()[:, :, 8:24, 8:24]) and drawn.likeness().max() < 1 / 4
    ),
    "The first training images of each class.": lambda: says("04_learning", "cifar10.x_train[cifar10.y_train == number][:10]"),
    "Look along a row and see how little its images have in common: colour, size, direction and background all change.": lambda: (
        drawn.differ_within_rows(drawn.examples()[:, :, 8:24, 8:24])
        and drawn.differ_within_rows(drawn.examples()[:, :, [0, 1, 2, 3, -4, -3, -2, -1]])
        and drawn.likeness().max() < 1 / 4
    ),
    "Two bar charts with three bars each.": lambda: (
        len(drawn.animals()["names"]) == drawn.animals()["logits"].size == 3
        and [len(cell.patches) for cell in figures.softmax_bars({"a": 1, "b": 2}, [0.2, 0.8], "a").axes] == [2, 2]
    ),
    "Logits and what softmax makes of them.": lambda: says(
        "04_learning", "probabilities = reference.softmax(logits)", "figures.softmax_bars(dict(zip(names, logits[0], strict=True)), prob"
    ),
    "Three panels with the contour lines of a long narrow valley.": lambda: (
        len(drawn.valley()) == 3 and len(drawn.level_lines()) > 5 and drawn.height(0, 1) > 10 * drawn.height(1, 0)
    ),
    "Thirty steps of three optimizers from the same place; the grey lines join places of the same height, and the cross is the lowest "
    "point.": lambda: (
        [len(cell.lines[0].get_xydata()) - 1 for cell in drawn.valley()] == [30] * 3
        and len({tuple(cell.lines[0].get_xydata()[0]) for cell in drawn.valley()}) == 1
        and all(np.ptp(heights) < heights.mean() / 20 for heights in drawn.level_lines())
        and all(drawn.height(*cell.lines[1].get_xydata()[0]) == 0 and cell.lines[1].get_marker() == "x" for cell in drawn.valley())
    ),
    "Follow the marks, one per step, and see where steps are wasted.": lambda: (
        all(cell.lines[0].get_marker() in "osD" and cell.lines[0].get_markevery() is None for cell in drawn.valley())
        and all(near(cell.lines[0].get_xydata(), drawn.descent(cell.get_title())) for cell in drawn.valley())
    ),
    "A row of boxes from convolution to loss.": lambda: says("04_learning", 'figures.both_ways([\n    ("convolution"', '"loss", "error of'),
    "Arrows below them point to the left and carry errors.": lambda: (
        drawn.arrows_turn()
        and says(
            "04_learning", '"sums", "error of\\npixels"', '"map", "error of\\nsums"', '"logits", "error of\\nmap"', '"error of\\nlogits"'
        )
    ),
    "On the way forward (above) each layer hands its numbers to the next.": drawn.arrows_turn,
    "On the way back (below) each hands the error to the layer before it, and finds the slopes of its own weights as it does so.": lambda: (
        drawn.arrows_turn()
        and near(reference.dense_gradients(INPUTS, WEIGHTS, ERROR)[0], drawn.slopes(remembered.loss_of_layer, INPUTS))
        and near(reference.dense_gradients(INPUTS, WEIGHTS, ERROR)[1], drawn.slopes(remembered.loss_of_layer, WEIGHTS))
    ),
    "A column of two inputs, times a row of three errors, equals a table of two rows and three columns with all products.": lambda: (
        drawn.computed("04_learning", "inputs = np.array")["inputs"].T.shape == (2, 1)
        and drawn.animals()["logits"].shape == (1, 3)
        and says("04_learning", '"inputs": inputs.T, "error": error, "gradient of the kernel": inputs.T @ error}, signs=("×", "=")')
    ),
    "Each weight's gradient is its input times the error of its logit.": lambda: near(
        drawn.slopes(lambda: reference.softmax_cross_entropy(INPUTS[:1] @ WEIGHTS, LABELS[:1]), WEIGHTS),
        np.outer(INPUTS[0], softmax(INPUTS[0] @ WEIGHTS) - LABELS[0]),
    ),
    "An image of four by four numbers, then a table of two by two errors, then the resulting gradient of three by three numbers.": lambda: (
        [drawn.stamped()[name].shape for name in ("image", "map_error", "kernel_gradient")] == [(4, 4), (2, 2), (3, 3)]
        and says("04_learning", '{"image": image, "error of the map": map_error, "gradient of the kernel": kernel_gradient}')
    ),
    "The errors slide over the image as if they were a filter, and what comes out is the kernel's gradient.": lambda: near(
        drawn.slopes(remembered.loss_of_map, remembered.FILTER), remembered.convolved_grey(remembered.GREY, remembered.MAP_ERROR)
    ),
    "Three tables of four by four numbers.": lambda: (
        drawn.stamped()["stamp"](0, 0).shape == drawn.stamped()["image_gradient"].shape == (4, 4)
        and says("04_learning", "reshape(1, 4, 4, 1)", '"map": maps[0, :', '"back through max": ', '"back through mean": ')
    ),
    "The stamps of two of the four errors, and the sum of all four stamps.": lambda: (
        near(sum(drawn.stamped()["stamp"](i, j) for i in (0, 1) for j in (0, 1)), drawn.stamped()["image_gradient"])
        and drawn.stamped()["map_error"].size == 4
        and says("04_learning", '{"stamp at the top left": stamp(0, 0), "stamp at the bottom left": stamp(1, 0), "gradient of the image"')
    ),
    "Two panels with three lines each, drawn against the number of the layer.": lambda: (
        figures.through_layers({"a": {"b": [5, 6]}}, ["c"]).axes[0].lines[0].get_xdata().tolist() == [1, 2]
        and says("04_learning", '"half of He": lambda', '"He": lambda', '"twice He": lambda', '"forwards": {name', '"backwards": {name')
    ),
    "Both vertical scales are logarithmic, so a straight line means that every layer multiplies by the same factor.": lambda: (
        drawn.bend(3.0 ** np.arange(5)) < 1e-9 < 1 / 50 < drawn.bend(np.arange(1.0, 6))
    ),
    "A map, and what pooling hands back to it when each of the four results has an error of four.": lambda: (
        near(drawn.pooled_back()[1].sum(1), np.full(4, 4)) and says("04_learning", "pooled_error = np.full((1, 2, 2, 1), 4.0)\nfigures.tab")
    ),
    # Batch normalization
    "Two panels with outlines of three histograms.": lambda: says(
        "06_batch_normalization",
        "shown = np.argsort(variance)[[0, 16, 31]]",
        '"from the convolution": {f"',
        "in shown",
        '"normalised": {f"',
    ),
    "Each outline is scaled to its own peak.": lambda: (
        [
            line.get_ydata().max()
            for line in figures.distributions({"a": {"narrow": remembered.GREY / 9, "wide": remembered.GREY}}, "b").axes[0].lines
        ]
        == [1, 1]
    ),
    # Dropout
    "From each logit the mean of its image's ten is subtracted, which softmax does not see.": lambda: (
        near(softmax(INPUTS, 1), softmax(INPUTS - INPUTS.mean(1, keepdims=True), 1))
        and not near(softmax(INPUTS, 1), softmax(INPUTS - INPUTS.mean(0), 1))
        and says("07_dropout", "points = [(z - z.mean(1, keepdims=True))[:200] for z in (before, after)]\nfigures.rescaled(*points, slope")
    ),
    "How near do the points lie to the solid line, on which every logit is multiplied by the same number?": lambda: (
        [
            near(line.get_ydata(), 0.7 * line.get_xdata()) and rises(line.get_xdata())
            for line in figures.rescaled(INPUTS, INPUTS, 0.7, "a", "b").axes[0].lines
            if line.get_linestyle() == "-"
        ]
        == [True]
    ),
    # The whole network
    "Ten small photographs in two rows, each with the predicted class, its probability and the true class.": lambda: (
        figures.predictions(np.zeros((10, 2, 2, 3)), ["a"] * 10, ["b"] * 10, [0.5] * 10).axes[0].get_gridspec().get_geometry() == (2, 5)
        and says(
            "08_whole_network", "chosen = np.random.default_rng(7).choice(len(cifar10.x_test), 10", "names[cifar10.y_test[chosen]], names["
        )
    ),
    "A table of ten by ten cells with percentages.": lambda: (
        article.CLASSES == len(data.CLASS_NAMES) == 10 and says("08_whole_network", "figures.confusion(matrix, cifar10.class_names)")
    ),
    "Percentages; each row adds up to a hundred, apart from rounding.": lambda: (
        (drawn.shares().sum(1) == 100).all() and (drawn.shares().sum(0) != 100).all()
    ),
    "Three rows of tiny squares of three by three coloured cells.": lambda: (
        {cell.images[0].get_array().shape for cell in figures.filter_changes(*np.ones((2, 3, 3, 3, 1))).axes} == {(3, 3, 3)}
        and len(figures.filter_changes(*np.ones((2, 3, 3, 3, 1))).axes) == 3  # one filter, so one row each
        and article.KERNEL_SIZE == 3
    ),
    "A small photograph of a ship and beneath it four rows of grey images.": lambda: (
        drawn.first_test_images()[1] == "ship"
        and says("08_whole_network", "image = cifar10.x_test[1:2]", "layers.LeakyReLU)][:4]", "figures.layer_maps(image[0]")
        and figures.layer_maps(np.zeros((8, 8, 3)), {"one": np.zeros((4, 4, 8))}).axes[-1].images[0].get_cmap().is_gray()
    ),
    "Three rows, each with a small photograph and four maps.": lambda: says(
        "08_whole_network", '{"trained": cnn, "untrained": models.cnn()}', "rows = [0, 1, 7]", "in gradients.items()}", "in falls.items()}"
    ),
    "The two occlusion maps have smooth patches in both networks, in different places.": lambda: (
        abs(MEASURED["occlusion_control"]) < 0.2 and says("08_whole_network", "side=8, step=4")
    ),
    "In the lower row each image is an even scatter of its own colours.": lambda: all(
        abs(drawn.halves()[1, rows, columns].mean() / 255 - 1 / 2) < 0.1
        for rows in (slice(16), slice(16, None))
        for columns in (slice(16), slice(16, None))
    ),
    "A few test images, and beneath each the same image with its pixels in another order.": lambda: (
        np.array_equal(*np.sort(drawn.halves().reshape(2, -1)))
        and not np.array_equal(*drawn.halves())
        and says("08_whole_network", "few = cifar10.x_test[:6]", 'figures.examples({"as it is": few, "shuffled": data.shuffled(few)})')
    ),
    # Going further
    "Three rows of small photographs.": lambda: says(
        "09_going_further", "figures.variants(", "[np.array([image, *seen(image)]) for image in cifar10.x_train[[4, 7, 26]]]"
    ),
}
