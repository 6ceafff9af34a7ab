"""成绩与能力附页: what stands behind a certificate, frozen when it was numbered, printed when it is first asked for."""
