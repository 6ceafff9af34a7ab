"""Classical statistics of exams, over arrays of marks and nothing else.

    test, items = analyse(matrix, maxima)
    agreement.agreement_of(first_marks, second_marks)
    angoff.cut_score(ratings, maxima)

Pure: numpy and dataclasses. Scales, sources and what happens to papers that differ: docs/statistics.md.
"""
