"""Checks of scenarios as jobs: asked for, worked out by a worker, kept with their report; a release asks for one."""
