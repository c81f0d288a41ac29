"""The banner beside its rivals: the same page, the same Chromium, the same run."""
