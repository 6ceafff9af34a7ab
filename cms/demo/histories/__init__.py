"""Half a year of a district, worked out from small data files: pure, so the same on every machine and every time.

What comes out are dated steps (`steps`); `cms.demo.telling` carries them out. Nothing here knows Django, the clock or
`random`: every choice is a hash of whom and what it is about (`chance`).
"""
