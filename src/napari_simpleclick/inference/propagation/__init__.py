"""An object carried from slice to slice: followed by the network, or interpolated between two shapes."""
