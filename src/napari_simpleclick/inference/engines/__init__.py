"""What computes the network: torch, CUDA graphs, OpenVINO; chosen, compiled, kept."""
