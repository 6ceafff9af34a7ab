"""Addresses of the section 推演 below its list. Whoever adds a page adds its lines to a list of their own here."""

from __future__ import annotations

from django.urls import path

from simulations.admin import beginning, conditions, editions, overview, parts, places

writing = [
    path("begin/", beginning.BeginPage.as_view(), name="begin"),
    path("<int:pk>/", overview.OverviewView.as_view(), name="inspect"),
    path("<int:pk>/release/", overview.release, name="release"),
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
]

urlpatterns = [*writing, *aids]
