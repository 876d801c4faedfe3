"""Pictures that are drawn: shapes and styles, sections of tissue, brains with lesions."""
