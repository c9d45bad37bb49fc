"""What the page cannot say, whatever its numbers are."""

from sonolens.report.section import Section

SECTION = Section("limits", "Limits", "limits.html", folded=False)
