"""A still image of a training: the accuracy on training and test images as it was recorded."""

from markupsafe import Markup

from cnnbook.html import element

WIDTH, HEIGHT, LEFT, BOTTOM = 420, 170, 46, 24
UPDATE, TRAINING, TEST = 0, 3, 5  # columns of a point
TEXT = {
    "alt": "Accuracy while it trained for {updates} updates: a dashed line for training images, which ends at {training}, "
    "and a solid line for test images, which ends at {test}.",
    "caption": "Recorded: after {updates} updates, {training} of the training images and {test} of the test images "
    "are classified correctly.",
    "broken": " After update {updates} nothing was left to measure: a number was no longer finite.",
    "percent": "{:.1f} %",
    "updates": "updates",
}


def curve(points: list[list[float | None]], updates: int) -> Markup:
    """An <svg> and its caption; `updates` is how long the training should have been.

    Args:
        points: rows of update, epoch, loss and accuracy on training images, loss and accuracy on test images.
    """
    last = points[-1]
    words = {
        "updates": f"{last[UPDATE]:,}",
        "training": TEXT["percent"].format(100 * last[TRAINING]),
        "test": TEXT["percent"].format(100 * last[TEST]),
    }
    most = max(last[UPDATE], 1)

    def line(column: int, **look) -> Markup:
        places = [
            f"{LEFT + (WIDTH - LEFT - 4) * point[UPDATE] / most:.1f},{(HEIGHT - BOTTOM) * (1 - point[column]) + 2:.1f}" for point in points
        ]
        return element("polyline", points=" ".join(places), fill="none", stroke="currentColor", **look)

    axis = [element("text", label, x=0, y=y, font_size=12, fill="currentColor") for label, y in (("100 %", 12), ("0 %", HEIGHT - BOTTOM))]
    axis.append(element("text", f"{last[UPDATE]:,} {TEXT['updates']}", x=WIDTH - 90, y=HEIGHT - 4, font_size=12, fill="currentColor"))
    drawing = element(
        "svg",
        *axis,
        line(TRAINING, stroke_width=1.5, stroke_dasharray="5 4"),
        line(TEST, stroke_width=2.5),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        role="img",
        aria_label=TEXT["alt"].format(**words),
        style="max-width: 100%",
    )
    caption = TEXT["caption"].format(**words) + (TEXT["broken"].format(**words) if last[UPDATE] < updates else "")
    return element("figure", drawing, element("figcaption", caption))
