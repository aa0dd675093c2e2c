"""The Lambda that posts alarm digests: parse, group, render, post."""
