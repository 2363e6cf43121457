"""What pyproject.toml cannot say: in a wheel the records and trained weights lie inside the package."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["cnnbook*"]), "cnnbook.recorded"], package_dir={"cnnbook.recorded": "records"})
