"""Images that are changed a little, and anew in every epoch, so that a network sees more of them than there are."""

from cnnbook import door
from cnnbook.keras_quietly import tf


def flip(images: tf.Tensor, seed: int) -> tf.Tensor:
    """Each image of a batch (n, height, width, channels) as it is or mirrored left for right, with equal chances; same dtype."""
    return tf.image.random_flip_left_right(images, seed=seed)


def shift(images: tf.Tensor, pixels: int, seed: int) -> tf.Tensor:
    """Each image of a batch moved by up to `pixels` down or up, and across, at random; what is missing is mirrored at the edge.

    Shape (n, height, width, channels) and dtype stay. Every whole number of pixels from -pixels to pixels is equally likely.

    Example:
        >>> image = tf.reshape(tf.range(9), (1, 3, 3, 1))
        >>> shift(image, 0, seed=0).numpy().ravel()
        array([0, 1, 2, 3, 4, 5, 6, 7, 8], dtype=int32)
    """
    pixels = door.whole("pixels", pixels, 0, min(images.shape[1:3]) - 1)
    count, (height, width) = tf.shape(images)[0], images.shape[1:3]
    padded = tf.pad(images, [[0, 0], [pixels, pixels], [pixels, pixels], [0, 0]], "REFLECT")
    down, across = tf.unstack(tf.random.uniform((2, count, 1), 0, 2 * pixels + 1, tf.int32, seed=seed))
    rows = tf.gather(padded, down + tf.range(height), axis=1, batch_dims=1)
    return tf.gather(rows, across + tf.range(width), axis=2, batch_dims=1)
