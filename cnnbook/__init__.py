"""The package behind the book on convolutional neural networks: one job per module, and a light import."""
