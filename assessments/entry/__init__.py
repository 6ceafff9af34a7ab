"""Before a sitting: who may start when, with how much time, under which arrangement, or not at all."""
