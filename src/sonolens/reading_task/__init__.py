"""A task for readers: scans in one offline page, without names and in random order, and its answers read back as readings."""

from sonolens.reading_task.answers import read_answers
from sonolens.reading_task.task import write_task
