"""What the radiologist saw: whether maps point, and decisions hang, where something was noted."""

from sonolens.evaluation.descriptors.agreement import compare_descriptors
