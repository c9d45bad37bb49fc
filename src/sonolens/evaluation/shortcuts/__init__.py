"""What a network could cheat with: how well the label is told by what is not the appearance of the mass."""

from sonolens.evaluation.shortcuts.audit import audit_shortcuts
from sonolens.evaluation.shortcuts.cross_validation import Folding
