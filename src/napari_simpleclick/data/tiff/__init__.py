"""TIFF in and out: plain, ImageJ and OME, with their axes, their colors and the size of their pixels."""
