"""The API keys of those who file by Open311."""
