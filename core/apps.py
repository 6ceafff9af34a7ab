from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Foundations")

    def ready(self) -> None:
        from core import checks  # noqa: F401  (registers the system checks)
        from core.appendonly import install_triggers_for

        post_migrate.connect(install_triggers_for, dispatch_uid="core.appendonly")
