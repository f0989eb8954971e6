"""The endpoints that are not GraphQL, and what every request passes through."""
