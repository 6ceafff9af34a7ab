"""The blocks of a lesson."""

from wagtail import blocks

from courses.blocks.asking import ExamBlock, ReflectionBlock, ScenarioBlock, SelfCheckBlock
from courses.blocks.files import DocumentBlock, ImageBlock, VideoBlock
from courses.blocks.reading import KeyPointsBlock, PolicyChainBlock, TableBlock, TextBlock


class LessonBlocks(blocks.StreamBlock):
    """Everything a lesson can be made of."""

    text = TextBlock()
    image = ImageBlock()
    video = VideoBlock()
    document = DocumentBlock()
    key_points = KeyPointsBlock()
    policy_chain = PolicyChainBlock()
    reflection = ReflectionBlock()
    self_check = SelfCheckBlock()
    scenario = ScenarioBlock()
    exam = ExamBlock()
    table = TableBlock()

    class Meta:
        required = False
