"""Statistics of exams that people have sat: collected from results, computed by `assessments.statistics`, kept.

    ask_analysis → advancing: collect (collecting, matrices) → compute (figures) → suspecting

An analysis never changes a result. It tells people where to look.
"""
