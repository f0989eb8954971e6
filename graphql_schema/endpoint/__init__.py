"""The GraphQL transport: everything between an HTTP or WebSocket request and a resolver.

body → ask → prepared document (trusted, or free under limits) → context → audience → executor → reply.
`audience.py` and `outcomes.py` stand below the types and import nothing else of this package.
"""
