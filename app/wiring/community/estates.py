"""Estates, their residents, and what goes on between them."""

from __future__ import annotations

from app.context import Voice
from app.context.estates import Neighbourhood
from app.core.imports.store import ProgressStore
from app.domains.community.estates.imports.service import HomeImports
from app.domains.community.residents.verifying.service import VerifyingService
from app.wiring.card import Card
from app.wiring.community.gates import gates_of
from app.wiring.community.keeping import keeping_of
from app.wiring.community.living import Living
from app.wiring.core import Core
from app.wiring.outside import Outside
from app.wiring.uploads import Uploads


def neighbourhood_of(
    core: Core, beyond: Outside, card: Card, uploads: Uploads, voice: Voice, living: Living
) -> Neighbourhood:
    db, clock, audit, once = core.db, core.clock, core.audit, core.once
    progress = ProgressStore(db["home_imports"])
    verifying = VerifyingService(living.resident_store, living.residents, living.estates, living.names, audit, once)
    return Neighbourhood(
        estates=living.estates,
        homes=HomeImports(db, progress, living.estates, living.estate_store, audit, clock),
        residents=living.residents,
        doors=living.doors,
        verifying=verifying,
        gates=gates_of(core, beyond, card, living),
        keeping=keeping_of(core, uploads, voice, living),
    )
