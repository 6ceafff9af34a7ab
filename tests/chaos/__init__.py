"""Processes killed at random: `make chaos`. Left out of `make test`, because it is slow on purpose."""
