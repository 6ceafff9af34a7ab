"""The markers' queue and the page on which one answer is marked."""
from assessments.views import _soon

queue = mark = _soon
