"""The command lines: the only room that prints, reads the environment and exits."""
