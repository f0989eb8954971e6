"""The two GraphQL schemas, their types, and the door in front of them."""
