"""What is made of the results: tables, pages, plots, comparisons, and published figures beside them."""
