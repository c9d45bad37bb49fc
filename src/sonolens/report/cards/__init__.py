"""What machines read of a study: a model card for the Hugging Face Hub, and a data card in Croissant."""

from sonolens.report.cards.data_card import write_data_card
from sonolens.report.cards.model_card import write_model_card
from sonolens.report.cards.publication import PublicationParameters
