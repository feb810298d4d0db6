"""The log: events of a closed schema in a Merkle tree, signed checkpoints outside, verification."""
