"""What drills ask and say: for each kind its title, its question at each level, the first step, the way to the answer, and the usual
mistakes. A name in braces is a number of the question.
"""

GROUPED = "a filter in a layer with groups sees only its own group's channels: divide the channels by the number of groups"
DRILLS = {
    "output_size": {
        "title": "Output sizes",
        "question_1": 'Maps of {n}×{n} go through a layer with filters of {k}×{k}, a stride of {s} and padding "{padding}". '
        "What is the side of the maps that come out?",
        "question_3": 'Maps of {n}×{n} go through a layer with filters of {k}×{k}, a stride of {s} and padding "{padding}", '
        'then through one with filters of {k2}×{k2}, a stride of {s2} and padding "{padding2}". '
        "What is the side of the maps that come out?",
        "first_same": 'with "same" only the stride counts: divide the side by it, and round up',
        "first_valid": 'with "valid" subtract the filter from the side, divide by the stride, round down, and add one',
        "first_two": "work out the side after the first layer before you start on the second",
        "way_same": "{n} / {s}, rounded up, is {right}.",
        "way_valid": "({n} - {k}) / {s}, rounded down, plus 1 is {right}.",
        "way_two": "The first layer gives {middle}, the second {right}.",
        "rounded_down": 'with "same" a side is rounded up, not down',
        "other_padding": "that is the side with the other padding",
        "stride_forgotten": "the stride is missing",
        "add_one": "the first window counts too: add one after the division",
        "rounded_up": 'with "valid" only whole windows count: round down',
        "one_layer": "that is the side after the first layer",
        "at_once": "the two strides cannot be taken in one step: each layer has its own padding and its own rounding",
    },
    "parameters": {
        "title": "Parameters",
        "question_1": "How many parameters does Conv2D({f}, {k}) have on an input whose number of channels is {c}?",
        "question_2": "Maps of {h}×{h} with {c} channels are flattened. How many parameters does Dense({u}) have on the result?",
        "question_3": "How many parameters does Conv2D({f}, ({k}, {k2}), groups={g}) have on an input with {c} channels?",
        "first_conv": "count one filter first: a weight for each cell of its window and each channel that it sees, and a bias",
        "first_dense": "each unit has a weight for every number that comes in, and a bias",
        "way_1": "({k} · {k} · {c} + 1) · {f} = {right}.",
        "way_2": "({h} · {h} · {c} + 1) · {u} = {right}.",
        "way_3": "({k} · {k2} · {c} / {g} + 1) · {f} = {right}.",
        "biases": "the biases are missing",
        "channels": "the channels are missing: there is a weight for each of them",
        "square": "rows and columns both count: multiply the two",
        "one_bias": "every filter or unit has a bias of its own",
        "one_filter": "that is one filter",
        "bias_per_channel": "a filter has one bias, not one for each channel",
        "groups": GROUPED,
        "one_group": "that is one group; the filters of all groups count",
    },
    "multiply_accumulates": {
        "title": "Multiply–accumulates",
        "question_1": 'Maps of shape ({h}, {h}, {c}) go through Conv2D({f}, {k}, padding="same"). How many multiply–accumulates does that '
        "take for one image?",
        "question_2": 'Maps of shape ({h}, {h}, {c}) go through Conv2D({f}, {k}, strides={s}, padding="same"). '
        "How many multiply–accumulates does that take for one image?",
        "question_3": 'Maps of shape ({h}, {h}, {c}) go through Conv2D({f}, {k}, strides={s}, padding="valid", groups={g}). '
        "How many multiply–accumulates does that take for one image?",
        "first": "multiply the weights of the layer by the number of places in the map that it gives",
        "way_1": "{out} · {out} places, each with {k} · {k} · {c} · {f} products, make {right}.",
        "way_3": "{out} · {out} places, each with {k} · {k} · {c} / {g} · {f} products, make {right}.",
        "places": "that is the number of weights; each is used again at every place of the map",
        "channels": "the channels are missing: a filter has weights for every channel that it sees",
        "filters": "that is one filter",
        "bias": "a bias is added, but nothing is multiplied for it",
        "stride": "count the places of the map that comes out, not of the one that goes in",
        "groups": GROUPED,
    },
    "receptive_field": {
        "title": "Receptive fields",
        "question_1": "Layers with these kernel sizes and strides follow one another: {layers}. How many pixels wide is the receptive "
        "field of a unit in the last one?",
        "first": "each layer adds its kernel size less one, times the product of all strides before it",
        "way": "1 + {sum} = {right}.",
        "multiply": "fields do not multiply: the next window begins one stride further on, not one window",
        "overlap": "each layer adds one less than its kernel size, times all strides before it",
        "strides": "the strides are missing: they widen the steps of all later layers",
        "own_stride": "a layer's own stride does not widen its own field, only that of later layers",
        "order": "count from the input on: a stride acts on the layers after it",
    },
    "batch_norm": {
        "title": "BatchNormalization",
        "question_1": "In a batch, a channel has a mean of {mean} and a variance of {variance}; ε is 0.001, γ is 1 and β is 0. What does "
        "the value {x} become in training?",
        "question_2": "In a batch, a channel has a mean of {mean} and a variance of {variance}; ε is 0.001, γ is {gamma} and β is {beta}. "
        "What does the value {x} become in training?",
        "question_3": "In a batch, a channel has the values {values}; ε is 0.001, γ is {gamma} and β is {beta}. What does the first of "
        "them become in training?",
        "first": "subtract the mean, divide by the root of the variance plus ε, multiply by γ, and add β",
        "way": "{gamma} · ({x} minus {mean}) / √({variance} + 0.001) plus {beta} is {right}.",
        "variance": "divide by the root of the variance, not by the variance itself",
        "mean": "the mean has to be subtracted first",
        "divide": "the difference from the mean still has to be divided by the root of the variance",
        "sign": "the sign is wrong: subtract the mean from the value",
        "exchanged": "γ and β have been swapped: γ multiplies, β is added",
        "beta": "β is missing",
        "gamma": "γ is missing",
        "order": "β is added last, so that γ does not multiply it",
        "one_less": "for the variance of a batch, divide by the number of values, not by one less",
    },
    "dropout_scaling": {
        "title": "Dropout's scaling",
        "question_1": "A unit with the output {x} survives Dropout({rate}) in training. What does it pass on?",
        "question_2": "Each of {n} units has the output {x}, and {m} of them survive Dropout({rate}) in training. What is the sum of "
        "all that they pass on?",
        "question_3": "A unit's output has a mean of {mean} and a variance of {variance}. What is its variance after Dropout({rate}) in "
        "training?",
        "first": "survivors are divided by the share of units that we expect to survive",
        "first_variance": "begin with the mean of the squares: work out what Dropout makes of it, and then what it makes of the mean",
        "way_1": "{x} / (1 - {rate}) is {right}.",
        "way_2": "{m} · {x} / (1 - {rate}) is {right}.",
        "way_3": "({variance} + {mean} · {mean}) / (1 - {rate}) - {mean} · {mean} is {right}.",
        "smaller": "survivors become larger, to make up for the others",
        "by_rate": "divide by the share that survives, not by the share that is dropped",
        "unscaled": "in training the survivors are scaled up",
        "added": "adding the rate is not enough: divide by what survives",
        "expected": "that is what comes out on average over many masks; here we know how many survive",
        "unchanged": "that is the variance before; scaling keeps the mean, not the variance",
        "mean_counts": "the mean plays a part too: a dropped unit falls from there to 0",
        "minus": "that is the mean of the squares; subtract the square of the mean",
        "scaled_down": "values that are sometimes 0 and sometimes larger vary more, not less",
    },
    "conv_gradients": {
        "title": "Gradients of a small convolution",
        "question_1": "A kernel of 2×2 slides over the image {image}, without padding. "
        "The error of the map that comes out (how fast the loss grows with each of its numbers) is {upstream}. "
        "What is the gradient of the kernel?",
        "question_2": "The kernel {kernel} slides over an image of 3×3, without padding. "
        "The error of the map that comes out (how fast the loss grows with each of its numbers) is {upstream}. "
        "What is the gradient of the image?",
        "question_3": "A kernel of 3×3 slides over the image {image} with a stride of 2, without padding. "
        "The error of the map that comes out (how fast the loss grows with each of its numbers) is {upstream}. "
        "What is the gradient of the kernel?",
        "what": "a gradient",
        "way_kernel": "Each weight's gradient is the sum of the pixels it met, each times the error of the number it went into: {right}.",
        "way_image": "The error of each number goes back to the pixels of its window, times the weight that each of them met: {right}.",
        "turned": "that would be right if the layer rotated its kernel by half a turn; it does not, "
        "so follow which weight meets which pixel",
        "transposed": "rows and columns have been swapped",
        "mean": "add up the places, do not average them",
        "overwritten": "windows overlap: add up what comes back to a pixel from each of them",
        "sign": "the sign is the wrong way round: that is the direction in which gradient descent moves",
        "stride": "windows lie two pixels apart, and so do the pixels that a weight meets",
    },
}
