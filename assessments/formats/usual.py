"""What files leave unsaid and every reader says the same way: the two judgements, the one blank, the one criterion."""

TRUE_FALSE = [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
BLANK_LABEL = "答案"
BY_ANSWER, BY_SAMPLE = (
    "按答题情况给分",
    "按参考答案给分",
)  # an essay without a rubric; one with a model answer
CRITERION = {"id": "c1", "text": BY_ANSWER, "max": 1}
