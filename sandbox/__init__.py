"""An embedded AWS for the demo and the tests: MiniStack on loopback, with what it lacks added."""
