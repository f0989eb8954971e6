"""Codes shown to verifiers: opaque ones checked online, signed ones checked at a gate without network."""
