"""Long trials that are not part of `make test`; what they showed stands in docs/trials.md."""
