"""What can stand in the way of a proposal.

Outcome
├── ProposalUnknown       no such proposal, or nobody may read it now
├── ProposalStateWrong    it is in another state: `state` says in which
├── ProposalChanged       it was changed while this was under way: look again
├── ProposalAreaUnknown   there is no such district, or not for so small a place
├── SupportedAlready      once a person
├── NotSupported          there is nothing to take back
├── OwnProposal           its author stands behind it anyway
├── TooManyProposals      `most` at a time
├── ReplyUnitUnknown      no such department, or one that takes no part in conversations
└── ReplyNotOwed          another department owes the reply
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ProposalUnknown(Outcome):
    pass


@dataclass(eq=False)
class ProposalStateWrong(Outcome):
    state: str


class ProposalChanged(Outcome):
    pass


class ProposalAreaUnknown(Outcome):
    pass


class SupportedAlready(Outcome):
    pass


class NotSupported(Outcome):
    pass


class OwnProposal(Outcome):
    pass


@dataclass(eq=False)
class TooManyProposals(Outcome):
    most: int


class ReplyUnitUnknown(Outcome):
    pass


class ReplyNotOwed(Outcome):
    pass
