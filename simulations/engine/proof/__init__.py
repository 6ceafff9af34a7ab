"""Proving a scenario before anybody plays it: which states there are, and what follows from them.

layout     what of a state matters at each node, packed into one integer of 64 bits
exploring  every state that a play can come to, merged, and where each choice leads from it: the `Atlas`
prospects  what is still within reach from each state
totals     least and most of the total; `axes` of every axis
findings   what an author should know; each with a path that play replays
strategies how the ways of playing without thinking do; `giveaways`, `perspectives`
report     all of it: `check(scenario)`
"""
