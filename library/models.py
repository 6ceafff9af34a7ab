"""What others cite: policy clauses on three levels, the chains that carry a rule down, and the four lists (四清单)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from core.constraints import in_order, one_of


class PolicyLevel(models.TextChoices):
    """中央—地方—社区: who set the rule."""

    CENTRAL = "central", _("Central")
    LOCAL = "local", _("Local")
    COMMUNITY = "community", _("Community")


class PolicyClause(index.Indexed, models.Model):
    """One rule in our own words, with the place it comes from.

    `verified` says that somebody compared it with the full text; until then `note` is shown beside it.
    """

    key = models.SlugField(
        _("stable key"), max_length=64, unique=True, help_text=_("Lessons are told by this name.")
    )
    level = models.CharField(_("level of the rule"), max_length=16, choices=PolicyLevel)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("wording"), help_text=_("In plain words, not the words of the law."))
    citation = models.CharField(_("citation"), max_length=160, help_text=_("Document and article."))
    source = models.CharField(_("source"), max_length=160, blank=True)
    verified = models.BooleanField(_("compared with the full text"), default=False)
    note = models.CharField(
        _("review note"), max_length=200, blank=True, help_text=_("Shown until it is verified.")
    )
    as_of = models.DateField(_("as of"))
    review_by = models.DateField(_("review by"))
    repealed_on = models.DateField(
        _("repealed on"),
        null=True,
        blank=True,
        help_text=_("The day it ceased to hold. Questions that rest on it are flagged from then on."),
    )

    panels = [
        FieldRowPanel(
            [
                FieldPanel("key"),
                FieldPanel("level", help_text=_("Who set the rule; chains go from central to community.")),
            ]
        ),
        FieldPanel("title", help_text=_("The rule in one line, up to 80 characters; learners see it first.")),
        FieldPanel("text"),
        MultiFieldPanel(
            [
                FieldPanel("citation"),
                FieldPanel("source", help_text=_("Where the full text can be read. May stay empty.")),
            ],
            heading=_("Where it stands"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("verified", help_text=_("Tick it only after reading both side by side.")),
                FieldPanel("note"),
                FieldRowPanel(
                    [
                        FieldPanel("as_of", help_text=_("The rule was in force like this on that day.")),
                        FieldPanel(
                            "review_by",
                            help_text=_("To be looked at again by then; the start page reminds you."),
                        ),
                    ]
                ),
                FieldPanel("repealed_on", read_only=True),
            ],
            heading=_("State of review"),
        ),
    ]
    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("text"),
        index.SearchField("citation"),
        index.FilterField("level"),
    ]

    class Meta:
        verbose_name = _("policy clause")
        verbose_name_plural = _("policy clauses")
        constraints = [
            one_of("level", PolicyLevel),
            in_order("as_of", "review_by"),
            in_order("as_of", "repealed_on"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}　{self.title}"


class PolicyChain(index.Indexed, ClusterableModel):
    """Clauses in the order they bind: central first, the community's own practice last."""

    key = models.SlugField(
        _("stable key"), max_length=64, unique=True, help_text=_("Lessons are told by this name.")
    )
    title = models.CharField(_("title"), max_length=80)

    panels = [
        FieldPanel("key"),
        FieldPanel("title", help_text=_("What the chain is about, up to 80 characters; learners see it.")),
        InlinePanel(
            "links",
            label=_("Clause"),
            heading=_("Clauses, central first"),
            min_num=1,
            help_text=_("Drag them into order: central, local, community."),
        ),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]

    class Meta:
        verbose_name = _("policy chain")
        verbose_name_plural = _("policy chains")

    def __str__(self) -> str:
        return self.title


class PolicyChainLink(Orderable, models.Model):
    """A clause's place in a chain."""

    chain = ParentalKey(PolicyChain, on_delete=models.CASCADE, related_name="links")
    clause = models.ForeignKey(
        PolicyClause, on_delete=models.PROTECT, related_name="links", verbose_name=_("clause")
    )

    panels = [FieldPanel("clause", help_text=_("From the policy library; each clause once."))]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["chain", "clause"], name="%(app_label)s_%(class)s_clause_once")
        ]


class ListKind(models.TextChoices):
    """四清单: what may be tried, how it is done, what to look out for, what one answers for."""

    INNOVATION = "innovation", _("Innovation and honest error")
    PRACTICE = "practice", _("Operating practice")
    RISK = "risk", _("Early warning of risks")
    LIABILITY = "liability", _("What one answers for")


class ListEntry(index.Indexed, models.Model):
    """One entry of the four lists, in plain words.

    `source` says whose experience it is; `withdrawn_on` is the day it ceased to be recommended.
    """

    key = models.SlugField(
        _("stable key"),
        max_length=64,
        unique=True,
        help_text=_("Scenarios and lessons are told by this name."),
    )
    kind = models.CharField(_("list"), max_length=16, choices=ListKind)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(
        _("wording"), help_text=_("What to do or to avoid, and how one notices, in plain words.")
    )
    source = models.CharField(_("source"), max_length=160, blank=True)
    as_of = models.DateField(_("as of"))
    review_by = models.DateField(_("review by"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    panels = [
        FieldRowPanel(
            [
                FieldPanel("key"),
                FieldPanel("kind", help_text=_("Which of the four lists; a reader looks there for it.")),
            ]
        ),
        FieldPanel("title", help_text=_("The entry in one line, up to 80 characters.")),
        FieldPanel("text"),
        FieldPanel(
            "source", help_text=_("Where the experience comes from: a scenario, a community, a document.")
        ),
        FieldRowPanel(
            [
                FieldPanel("as_of", help_text=_("The experience was still true on that day.")),
                FieldPanel("review_by", help_text=_("To be looked at again by then.")),
                FieldPanel("withdrawn_on", help_text=_("From that day on it is recommended no longer.")),
            ]
        ),
    ]
    search_fields = [
        index.SearchField("title"),
        index.AutocompleteField("title"),
        index.SearchField("text"),
        index.FilterField("kind"),
    ]

    class Meta:
        verbose_name = _("entry of the four lists")
        verbose_name_plural = _("entries of the four lists")
        constraints = [
            one_of("kind", ListKind),
            in_order("as_of", "review_by"),
            in_order("as_of", "withdrawn_on"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}　{self.title}"
