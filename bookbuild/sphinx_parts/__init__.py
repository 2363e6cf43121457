"""What the book adds to Sphinx, one extension a file."""
