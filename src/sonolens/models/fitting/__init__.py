"""How a network is fitted: batches, steps, epochs, checkpoints, devices."""
