"""Build the site and what belongs to it.

Usage: python -m bookbuild COMMAND [ARGUMENT ...]

    prepare               what Sphinx needs first: scripts and styles of demos and exercises, weights, claims page, front page, work sheet
    execute [CHAPTER ...] run the chapters whose code has changed (or those named) and store their outputs
    address [ADDRESS]     write the first code cell of every chapter, and the repository's address that it fetches from
    print                 print the built book into one PDF
    assemble              assemble the matrix product of the demos' engine, once its text has changed
    record-ground         train the training ground's presets in Chromium: what stands in for it in print
    hosts                 fetch CIFAR-10 from each of its hosts
"""

import sys


def main(arguments: list[str]) -> str | int | None:
    """Run one command; a string is what went wrong."""
    command, *rest = arguments or [""]
    if command == "prepare":
        from bookbuild import bundle_demos, claims_page, exercise_script, front_page, work_sheet

        bundle_demos.main()
        exercise_script.main()
        claims_page.main()
        front_page.main()
        work_sheet.main()
    elif command == "execute":
        from bookbuild import execute

        execute.main(rest)
    elif command == "address":
        from bookbuild import address

        address.main(rest)
    elif command == "print":
        from bookbuild import print_edition

        print_edition.main()
    elif command == "assemble":
        from bookbuild import assemble

        assemble.main()
    elif command == "record-ground":
        from bookbuild import record_ground

        record_ground.main()
    elif command == "hosts":
        from bookbuild import hosts

        return hosts.main()
    else:
        return __doc__
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
