"""What turns chapters and package into a site: started as `python -m bookbuild COMMAND`."""
