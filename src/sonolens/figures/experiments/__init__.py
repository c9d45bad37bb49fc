"""Methods, networks and resolutions side by side."""
