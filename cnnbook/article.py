"""The facts of the article that the book follows: its networks, its recipe and what it reports, each written once.

`models` writes the networks out for readers, and a test compares them with these facts. Everything here loads without Keras.
"""

INPUT_SHAPE = (32, 32, 3)  # height, width, channels
CLASSES = 10
TRAINING_IMAGES, TEST_IMAGES = 50_000, 10_000

# The convolutional network: four convolutions, (filters, stride) each, then a dense layer.
CONVOLUTIONS = ((32, 1), (32, 2), (64, 1), (64, 2))
KERNEL_SIZE = 3
DENSE_UNITS = 128
DROPOUT_RATE = 0.5
LEAKY_SLOPE = 0.3  # of LeakyReLU in Keras, which the article leaves as it is
EPSILON = 1e-3  # of BatchNormalization in Keras, likewise
MLP_UNITS = (200, 150)

EPOCHS = 10
BATCH_SIZE = 32
LEARNING_RATE = 0.0005  # of Adam
EVALUATION_BATCH = 1_000

# Test accuracies as the article reports them, one unseeded run each: quoted, never measured here.
REPORTED_ACCURACY = 0.7379
REPORTED_MLP_ACCURACY = 0.51
