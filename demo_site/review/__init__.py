"""Every face of the visitor's pages, by name: one file of examples, staged for reviewers, tests and pictures."""
