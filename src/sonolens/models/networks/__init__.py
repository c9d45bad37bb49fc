"""What a network is: trunk, adaptation, start, and how it is written down."""
