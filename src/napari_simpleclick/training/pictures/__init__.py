"""Real pictures with labels: where they are read, which objects they have, how they are varied."""
