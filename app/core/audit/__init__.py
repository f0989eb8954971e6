"""The audit chain: who did what, on whose behalf, on whom, from where and why; no record can be changed unseen.

`record` writes a record in the transaction of the change; the sealer gives each its place in one chain of hashes
(`chain`), whose head is signed; `verify` walks it. What that proves and what it does not is in `docs/decisions`.
"""

from app.core.audit.record import Audit

__all__ = ["Audit"]
