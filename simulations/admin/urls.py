"""Addresses of the section 推演 below its list. Whoever adds a page adds its lines to a list of their own here."""

from __future__ import annotations

from django.urls import path

from simulations.admin import (
    beginning,
    checks,
    conditions,
    editions,
    files,
    graph,
    homework,
    overview,
    packs,
    parts,
    places,
    regrades,
    releasing,
)

writing = [
    path("begin/", beginning.BeginPage.as_view(), name="begin"),
    path("<int:pk>/", overview.OverviewView.as_view(), name="inspect"),
    path("<int:pk>/release/", releasing.ReleasePage.as_view(), name="release"),
    path("<int:pk>/parts/<slug:part>/", parts.PartPage.as_view(), name="part"),
    path("<int:pk>/nodes/", places.AddPage.as_view(), name="nodes"),
    path("<int:pk>/nodes/<str:node>/", parts.NodePage.as_view(), name="node"),
    path("<int:pk>/nodes/<str:node>/place/", places.PlacePage.as_view(), name="node_place"),
    path("<int:pk>/endings/", places.AddPage.as_view(kind="ending"), name="endings"),
    path("<int:pk>/endings/<str:ending>/", parts.EndingPage.as_view(), name="ending"),
    path(
        "<int:pk>/endings/<str:ending>/place/", places.PlacePage.as_view(kind="ending"), name="ending_place"
    ),
    path("<int:pk>/versions/", editions.EditionsPage.as_view(), name="editions"),
    path("<int:pk>/versions/<int:number>/restore/", editions.RestorePage.as_view(), name="restore"),
]

aids = [
    path("<int:pk>/condition/", conditions.ConditionCheck.as_view(), name="condition"),
    path("<int:pk>/graph/", graph.GraphData.as_view(), name="graph"),
    path("import/", files.ImportPage.as_view(), name="import"),
    path("import/template/", files.TemplateFile.as_view(), name="import_template"),
    path("<int:pk>/export/", files.ExportFile.as_view(), name="export"),
]

packs_and_homework = [
    path("<int:pk>/pack/", packs.PackPage.as_view(), name="pack"),
    path("<int:pk>/guide.pdf", packs.guide, name="guide"),
    path("<int:pk>/pack.zip", packs.download, name="pack_file"),
    path("homework/", homework.HomeworkIndex.as_view(), name="homework"),
    path("homework/<uuid:homework>/", homework.HomeworkPage.as_view(), name="homework_piece"),
]

checking_and_regrading = [
    path("<int:pk>/check/", checks.CheckPage.as_view(), name="check"),
    path("regrades/", regrades.RegradesPage.as_view(), name="regrades"),
    path("regrades/begin/<int:version>/", regrades.BeginPage.as_view(), name="regrade_begin"),
    path("regrades/<uuid:regrade>/", regrades.RegradePage.as_view(), name="regrade"),
]

urlpatterns = [*writing, *aids, *packs_and_homework, *checking_and_regrading]
