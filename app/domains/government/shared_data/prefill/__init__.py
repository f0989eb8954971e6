"""Prefill: what shared data can answer within a citizen's own application, and the proofs that this spares."""
