"""What the demos that train, the engine, and what the demos share state, each sentence with what shows it; see `told`."""

import re

import numpy as np

from cnnbook import data
from cnnbook.demos.cifar_training import facts
from cnnbook.demos.training_ground import recorded, still
from tests.demos.told import codes, tested

ARCHIVE = tested("demos/cifar_training/test_archive", "test_any_other_file_is_refused_with_a_sentence_that_says_why")
SHA = tested("demos/cifar_training/test_archive", "test_a_single_byte_that_differs_is_noticed")
SPECS = tested("demos/engine/test_specs", "test_what_cannot_be_trained_is_refused_with_a_sentence")
SESSION = tested("demos/engine/test_session", "test_what_cannot_be_had_is_refused_with_a_sentence_and_the_next_network_still_trains")
REPLICAS = tested("demos/cifar_training/test_replicas", "test_several_workers_end_with_the_weights_of_one_up_to_rounding")
PAGE = "demos/cifar_training/test_page"
TRAINED = tested(PAGE, "test_the_archive_is_checked_the_network_trained_and_the_record_is_one_as_the_books")
GROUND = "demos/training_ground/test_page"
DIFFERS = tested(GROUND, "test_a_kept_run_lies_under_the_next_and_what_differs_is_named")
ADDRESS = tested(GROUND, "test_an_address_that_cannot_be_used_is_refused_with_a_sentence")
FINITE = tested(GROUND, "test_a_training_that_breaks_says_where_the_first_number_arose_that_is_not_finite")
KEYS = tested(GROUND, "test_a_digit_drawn_with_the_keyboard_gets_an_answer")
OWN, OWN_IMAGE, PICTURES = "shared/own_image.js", "demos/test_own_image", "browser/test_live_cnn_pictures"
CUT_OFF = tested(OWN_IMAGE, "test_a_whole_file_is_read_and_one_that_is_cut_off_is_refused_by_its_name")
HUGE = tested(OWN_IMAGE, "test_an_image_that_would_take_all_memory_is_refused_before_it_is_decoded")
LARGE = (
    "if (file.size > LARGEST_FILE) throw new Refusal(TEXT.tooLarge(name, formatNumber(Math.round(file.size / 1e6)), LARGEST_FILE / 1e6))"
)
NO_PICTURE = tested(PICTURES, "test_what_is_no_picture_is_named_and_changes_nothing")
TAKER, WORDS, RUN = "shared/image_taker.js", "cifar_training/words.js", "training_ground/words.js"
IMAGES = "training_ground/images.js"


def lowest_and_highest() -> bool:
    """Are the ends of the band those of all runs, epoch by epoch?"""
    found, runs = facts.recorded(), facts.records.load("cnn")
    shares = np.array([run.history["val_accuracy"] for run in runs])
    return np.allclose([found["least"], found["most"]], np.sort(shares, axis=0)[[0, -1]]) and found["runs"] == len(runs)


def ten_digits() -> bool:
    digits = data.load_digits()
    return sorted(set(digits.y_test.tolist())) == list(range(10)) and digits.x_test.shape[1:3] == (8, 8)


# Loss and accuracy of training, then of test images, at the first and the last update.
POINTS = [[0, 0.0, 2.0, 0.1, 2.0, 0.2], [7, 1.0, 0.5, 0.9, 0.6, 0.8]]


def still_picture() -> tuple[list[str], str]:
    """The lines of the still image, that of the training images as it is computed first, and its words."""
    drawing = str(still.curve(POINTS, 7))
    return re.findall(r"<polyline [^>]*>", drawing), drawing


def drawn_as_said() -> bool:
    """Does the dashed line alone end at the accuracy of the training images, which is the higher one, and is the other solid?"""
    lines, words = still_picture()
    ends = {"dasharray" in line: float(re.search(r'points="[^"]*,([\d.]+)"', line)[1]) for line in lines}
    return len(ends) == 2 and ends[True] < ends[False] and "images, which ends at 90.0 %" in words and "which ends at 80.0 %" in words


def grey(*pieces: str) -> bool:
    """Are numbers drawn from black at minus the largest size to white at that size, zero in the middle?"""
    return codes(IMAGES, "Math.abs(x) > so", "grey = Math.round(127.5 * (1 + x / reach))") and codes("training_ground/inside.js", *pieces)


TOLD = {
    "cifar_training/__init__.py": {
        "What Keras reached in {runs} recorded runs is shown below.": lowest_and_highest,
    },
    "cifar_training/archive.js": {
        "The file is not compressed with gzip, as {name} is.": ARCHIVE,
        "It does not contain a tar archive, as {name} does.": ARCHIVE,
        "It cannot be unpacked: it is damaged, or its download ended too early.": ARCHIVE,
        "{name} in the archive has {bytes} bytes instead of {wanted}.": ARCHIVE,
        "{name} in the archive holds an image of class {label}; the classes are 0 to {…}.": ARCHIVE,
        "It does not contain {…}.": ARCHIVE,
        "The pixels or labels are not those of CIFAR-10: {name} has the SHA-256 {found} instead of {sha256}.": SHA,
        "This browser cannot unpack gzip (DecompressionStream); a newer one can.": lambda: codes(
            "cifar_training/archive.js", 'if (typeof DecompressionStream === "undefined") throw new Refusal(TEXT.noUnpacking)'
        ),
        "Browsers compute SHA-256 only in pages opened over https, from this computer, or from a file.": tested(
            "demos/cifar_training/test_archive", "test_without_sha_256_nothing_is_accepted_and_the_page_says_how_it_would_be"
        ),
    },
    "cifar_training/chart.js": {
        "Keras, {runs} recorded runs: from the lowest to the highest": lowest_and_highest,
        "This training has not completed an epoch yet.": lambda: codes(
            "cifar_training/chart.js", "accuracies.length ? TEXT.says(band, accuracies.map(percent).join(", ": TEXT.none(band)"
        ),
        "This training, epoch by epoch: {all} %.": lambda: codes(
            "cifar_training/demo.js", "this.chart.draw(epochs.map(({ val_accuracy: share }) => share))"
        ),
    },
    "cifar_training/demo.js": {
        "The file is read on your computer and is not sent anywhere.": TRAINED,
        "A Worker computes in the background, so the page stays responsive.": tested(
            "demos/engine/test_session", "test_while_it_trains_the_page_gets_its_turns"
        ),
        "One Worker trains as Keras does in this chapter.": tested(
            "demos/cifar_training/test_replicas", "test_a_few_updates_of_the_books_network_are_those_of_keras"
        ),
        "{n} Workers each take a part of every batch, exchange means and variances for BatchNormalization, and add up their gradients, as "
        "the chapter “Going further” explains.": lambda: (
            codes("cifar_training/team.js", "values[i] += part[i]", "rows.subarray(first, Math.floor((whole * (n + 1)) / replicas))")
            and codes("engine/normalization.js", "if (this.part) sums = yield sums", "if (this.part) squares = yield squares")
        ),
        "Apart from rounding, the result is that of one Worker, Dropout's masks included.": REPLICAS,
    },
    "cifar_training/lead.js": {
        "The browser allows no more memory.": lambda: codes("cifar_training/lead.js", "error instanceof RangeError ? TEXT.memory :"),
    },
    "cifar_training/replica.js": {
        "The loss is no longer a finite number.": tested(
            "demos/cifar_training/test_replicas", "test_a_loss_that_is_not_finite_ends_the_training_with_a_sentence"
        ),
    },
    "cifar_training/training.js": {
        "This page is not allowed to start Workers, and training without them would freeze it.": tested(
            PAGE, "test_where_workers_are_forbidden_it_says_so"
        ),
    },
    WORDS: {
        "Reading the archive: {images} of {all} images.": lambda: codes(WORDS, "formatNumber(sizes.update + sizes.measure)"),
        "This is CIFAR-10: {training} training images and {test} test images, identical to the last byte.": SHA,
        "Epoch {epoch} of {epochs}: {done} of {all} images; accuracy so far {accuracy} %, loss {loss}.": lambda: codes(
            "cifar_training/lead.js", "sums.right += right; done += now.length", "loss: sums.loss / done, accuracy: sums.right / done"
        ),
        "Epoch {epoch} of {epochs}: measuring on the test images, {done} of {all}.": lambda: codes(
            "cifar_training/lead.js", 'await go("update", training, order)', 'trained && await go("measure", test,'
        ),
        "Nothing is lost as long as this page stays open.": tested(
            PAGE, "test_pauses_and_more_workers_change_nothing_and_another_seed_does"
        ),
        "After {epochs}, {accuracy} % of the test images are classified correctly.": lambda: codes(
            WORDS, "n = epochs.length", "TEXT.result(TEXT.epochs(n), percent(epochs[n - 1].val_accuracy))"
        ),
        "Keras's {runs} recorded runs had reached {least} to {most} % by then.": lambda: (
            lowest_and_highest()
            and codes(WORDS, "TEXT.compared(recorded.runs, percent(recorded.least[n - 1]), percent(recorded.most[n - 1]))")
        ),
    },
    "engine/plan.js": dict.fromkeys(
        (
            "Layer {n} gives {size} numbers per image; the limit here is {most}.",
            "Up to layer {n} the network has {count} parameters; the limit here is {most}.",
            "Up to layer {n} the network has {count} multiply–accumulates per image; the limit here is {most}.",
            "The network has {count} layers; the limit here is {most}.",
            "The last layer gives {shape}, but there are {classes} classes; end with Dense and {classes} units.",
        ),
        SPECS,
    ),
    "engine/session.js": {"This network needs more memory than the browser allows.": SESSION},
    "engine/specs.js": dict.fromkeys(
        (
            "There is no layer of the kind {kind}; the kinds are {kinds}.",
            "{kind} has no setting called {name}.",
            "{kind}: {name} is {value}; it takes {takes}.",
            "{kind} takes height × width × channels; put it before Flatten.",
            "Dense takes one row of numbers; put Flatten before it.",
            "{kind}: a window of {window} does not fit into {shape} without padding.",
        ),
        SPECS,
    ),
    "layer_table/demo.js": {
        "{count} layers: {parameters} parameters, {macs} multiply–accumulates.": tested(
            "browser/test_layer_table", "test_changed_settings_give_the_counts_of_keras"
        ),
    },
    "shared/fields.js": {
        "The last valid value still applies.": tested(
            "demos/test_fields", "test_what_a_field_does_not_take_is_marked_named_and_changes_nothing_until_it_is_put_right"
        ),
    },
    TAKER: {
        "There is no image in the clipboard.": lambda: codes(
            TAKER, "if (given) take(given); else if (root.contains(active)) warn(TEXT.noImage)"
        ),
        "Your images stay in this page: nothing is uploaded.": tested(
            "browser/test_live_cnn", "test_no_request_leaves_the_page_when_a_picture_of_ones_own_is_classified"
        ),
        "That was not a file.": tested(PICTURES, "test_a_drop_without_a_file_is_answered"),
        "The image could not be read.": lambda: codes(TAKER, "catch (error) { if (isNewest()) warn(sentenceOf(error, TEXT.failed))"),
    },
    "shared/layer_editor.js": {
        "The network can have at most {most} layers.": tested(
            "browser/test_layer_table", "test_the_table_says_when_it_is_full_and_no_longer_says_so_once_a_layer_is_gone"
        ),
    },
    "shared/loading.js": {
        "{sentence} This is taking a long time.": lambda: codes(
            "shared/loading.js", "setTimeout(() => show(TEXT.slow(loading), true), SLOW)"
        ),
    },
    "shared/near.js": {
        "The {name} is not available: {sentence}.": lambda: codes("shared/near.js", "failed: (sentence) => TEXT.missing(name, sentence)"),
    },
    OWN: {
        "a drawing without a size of its own, drawn at this size": tested(
            OWN_IMAGE, "test_a_drawing_is_drawn_at_its_own_size_or_at_one_with_its_proportions"
        ),
        "its central square of {side} × {side}": lambda: codes(OWN, "if (width !== height) about.push(TEXT.square(formatNumber(side)))"),
        "{name} is {size} MB; an image may be up to {most} MB.": lambda: codes(OWN, LARGE),
        "{name} has {size} million pixels; an image may have up to {most} million.": HUGE,
        "{name} is not an image that this browser can read.": NO_PICTURE,
        "{name} ends too early: part of the image is missing.": CUT_OFF,
        "{name} does not say how large it is.": tested(OWN_IMAGE, "test_a_drawing_without_a_size_and_proportions_is_refused"),
        "This browser could not decode all of {name}.": tested(OWN_IMAGE, "test_what_was_decoded_into_something_else_is_refused"),
        "This browser does not let a page read the pixels of {name}: it is set to protect you from being recognised by them, or the image "
        "is too large for it.": tested(OWN_IMAGE, "test_where_the_canvas_hands_out_something_else_than_was_drawn_no_image_is_taken"),
        "each pixel here is the mean of what it covers": tested(
            PICTURES, "test_a_twelve_megapixel_photograph_with_an_orientation_is_turned_cut_and_averaged"
        ),
        "Transparent parts are treated as white.": tested(PICTURES, "test_transparent_parts_count_as_white_and_the_page_says_so"),
        "Only the first frame of an animation is used.": tested(
            PICTURES, "test_of_an_animation_the_first_frame_counts_and_the_page_says_so"
        ),
    },
    "training_ground/__init__.py": {
        "Ten of the test images, the digits 0 to 9, each of 8 × 8 pixels.": ten_digits,
    },
    "training_ground/curves.js": {
        "at the last measurement": lambda: codes("training_ground/curves.js", "last = points.at(-1)", "percent(last.test.accuracy)"),
        "{title} after {updates} updates: {training} on training images, {test} on test images.": lambda: codes(
            "training_ground/curves.js", "format(value(last.training)), format(value(last.test))) : TEXT.empty(title)"
        ),
    },
    "training_ground/demo.js": {
        "You can send its address to others.": tested(
            GROUND, "test_the_address_holds_the_set_up_and_the_browsers_history_goes_back_to_another"
        ),
        "The address holds a set-up that cannot be used.": ADDRESS,
        "The training runs in your browser; nothing is uploaded.": tested(
            GROUND, "test_the_script_is_fetched_only_when_the_demo_comes_near"
        ),
    },
    "training_ground/inside.js": {
        "in the last batch": lambda: codes(
            "engine/session.js", "{ updates, network, batch } = this.#trainer", "histograms(network, batch)"
        ),
        "map {n} of the layer before": lambda: codes(
            "training_ground/inside.js", "plan.rows[chosen.layer - 1]?.shape", "before()?.[2]", "TEXT.map(n + 1)"
        ),
        "Filters: black −{reach}, middle grey 0, white {reach}": lambda: grey(
            "reach = readable(filters.draw(kernels", "TEXT.filters(reach)"
        ),
        "{what} of the image: black −{reach}, white {reach}": lambda: grey(
            "reach = readable(areMaps ? maps.draw(", "TEXT.shown(what, reach)"
        ),
    },
    "training_ground/pad.js": {
        "It no longer has an answer.": lambda: codes(
            "training_ground/pad.js", "best = shares.indexOf(Math.max(...shares)), known = best >= 0", ": [TEXT.none]"
        ),
        "Arrow keys move the pen, space draws a point, shift with an arrow key draws a line.": KEYS,
    },
    "training_ground/rules.js": {
        "{name} ({one} and {other})": DIFFERS,
        "{where}: {name} is {value}; it takes {takes}.": ADDRESS,
        "There is no list of layers in it.": lambda: codes(
            "training_ground/rules.js", "if (!Array.isArray(layers)) throw new Refusal(TEXT.noLayers)"
        ),
        "It has {count} layers; the limit here is {most}.": lambda: codes(
            "training_ground/rules.js", "if (layers.length > limits.layers) throw new Refusal(TEXT.tooMany("
        ),
        "Layer {n} is of the kind {kind}, which is not known here.": lambda: codes(
            "training_ground/rules.js", "if (!Object.hasOwn(rules.layers, kind)) throw new Refusal(TEXT.unknown(n + 1"
        ),
    },
    "training_ground/still.py": {
        "Accuracy while it trained for {updates} updates: a dashed line for training images, which ends at {training}, and a solid line "
        "for test images, which ends at {test}.": drawn_as_said,
        "Recorded: after {updates} updates, {training} of the training images and {test} of the test images are classified "
        "correctly.": lambda: "after 7 updates, 90.0 % of the training images and 80.0 % of the test images" in still_picture()[1],
        "After update {updates} nothing was left to measure: a number was no longer finite.": lambda: (
            recorded()["raw"][-1][still.UPDATE] < 460 == recorded()["learning"][-1][still.UPDATE]
        ),
    },
    RUN: {
        "when it was measured after update {update}": FINITE,
        "; measured at update {update}: {training} % of training images and {test} % of test images classified correctly": lambda: codes(
            RUN, "[last.training, last.test].map(({ accuracy }) => upTo(100 * accuracy, 1))"
        ),
        "It ends here, after {most} updates.": tested(GROUND, "test_it_ends_after_its_most_updates"),
        "The first number that is not finite appeared {when}: {what}{where} became {value}.": FINITE,
        "From then on nothing can be learned.": lambda: (
            bool(np.isnan(np.float32(np.nan) - np.float32(0.1) * np.float32(3)))
            and codes("training_ground/run.js", "train() { if (this.failure || this.isDone || !this.#ready()) return;")
        ),
        "This run has the same set-up as {name}.": lambda: codes(RUN, "if (!settings.length) return TEXT.sameAs(name)"),
        "This run and {name} differ in one thing, {thing}: what differs in the curves comes from that or from chance.": DIFFERS,
        "This run and {name} differ in {count} things: {all}.": DIFFERS,
    },
}
