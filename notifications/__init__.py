"""Telling people: which event becomes which message, the inbox in the app, and pushes to the phone."""
