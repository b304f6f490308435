"""The laws of the model: what must hold in every world, without knowing a single answer."""
