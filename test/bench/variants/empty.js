// The least that a preload costs: it does nothing.
