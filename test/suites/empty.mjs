// Loading this file shows what any preload changes, whatever is in it.
