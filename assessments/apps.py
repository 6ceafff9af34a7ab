from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        from assessments import checks, receivers  # noqa: F401  (registers; connects to the news from the ledger)
        from assessments.sittings.journal import install_journal

        post_migrate.connect(install_journal, sender=self, dispatch_uid="assessments.sittings.journal")
