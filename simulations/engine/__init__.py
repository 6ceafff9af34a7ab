"""The pure core of the simulations: read, play, score and debrief a scenario. Knows nothing of Django.

    document.parse(json) ─► Scenario ─► play.start / available / step / replay ─► State
                                              scoring.score(state) ─► Outcome
                                              debrief.debrief(state) ─► Debrief
    paths.play_path(scenario, "N01b,N02b,…") does all of it for one written path.

Numbers of variables are whole hundredths inside (8.5 is 850), so play is exact and any two machines agree;
`Variable.outward` turns them back into what people read.
"""
