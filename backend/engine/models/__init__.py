"""Models in the engine: bring them into the library, load them, put an adapter on, ask them."""
