"""Blueprints of exams: what each section asks for, whether the bank can fill it, and the paper that a seed gives.

    pools = gather(sections, candidates)
    shortages(pools)                       () when every paper can be filled
    proof = prove(pools, difficulty, cap=…, tolerance=…)
    draw(proof.blueprint, seed).places

Pure: a paper depends on the blueprint and the seed, on nothing else, and comes out the same on every machine.
"""

from assessments.blueprints.drawing import Blueprint, NoPaper, Paper, Tolerance, draw
from assessments.blueprints.feasibility import Shortage, shortages
from assessments.blueprints.proving import Proof, Unproven, prove
from assessments.blueprints.sections import Candidate, Criteria, Pool, Section, gather
from assessments.blueprints.spread import Spread

__all__ = [
    "Blueprint",
    "Candidate",
    "Criteria",
    "NoPaper",
    "Paper",
    "Pool",
    "Proof",
    "Section",
    "Shortage",
    "Spread",
    "Tolerance",
    "Unproven",
    "draw",
    "gather",
    "prove",
    "shortages",
]
