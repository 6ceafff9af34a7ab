from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Site")

    def ready(self) -> None:
        from assessments.admin.regrade_effects import register_effects
        from assessments.results.next_steps import register_lesson_finder
        from cms.regrades import read_effects
        from cms.scenario_regrades import compare_decisions, read_run_effects
        from courses.training import lessons_training
        from simulations.regrading.consequences import register_comparison
        from simulations.regrading.effects import register_effects as register_run_effects

        register_lesson_finder(lessons_training)
        register_effects(read_effects)
        register_comparison(compare_decisions)
        register_run_effects(read_run_effects)
