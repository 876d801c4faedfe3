"""`python -m napari_simpleclick`: the same as the command `napari-simpleclick`."""

from napari_simpleclick.cli.main import main

if __name__ == "__main__":
    main()
