"""The data sets of the evaluation, one file each."""
