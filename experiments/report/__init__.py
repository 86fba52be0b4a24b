"""Ledgers and published results -> pages for a browser, Markdown for GitHub, tables for LaTeX."""
