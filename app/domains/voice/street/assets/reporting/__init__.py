"""Reporting by the page behind a code: without the app, without an account, without a name if somebody wants."""
