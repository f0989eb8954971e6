"""Accounts at billers that citizens bind: their own, a parent's, a child's school."""
