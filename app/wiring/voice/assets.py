"""Assets: keeping them, files of them, sheets of labels, the page behind a code."""

from __future__ import annotations

from dataclasses import dataclass

from app.bridges.field import ReportTexts
from app.core.imports.store import ProgressStore
from app.domains.voice.channels.intake.answers.service import ChannelAnswers
from app.domains.voice.street.assets.imports.service import AssetImports
from app.domains.voice.street.assets.reporting.service import AssetReporting
from app.domains.voice.street.assets.service import AssetService
from app.domains.voice.street.assets.sheets.service import SheetService
from app.domains.voice.street.assets.sheets.store import SheetStore
from app.domains.voice.street.assets.store import AssetStore
from app.wiring.core import Core
from app.wiring.identity import Calling
from app.wiring.uploads import Uploads
from app.wiring.voice.cases import Cases


@dataclass(frozen=True, slots=True)
class Assets:
    keeping: AssetService
    imports: AssetImports
    sheets: SheetService


def assets_of(core: Core, calling: Calling, cases: Cases) -> Assets:
    tree, store = calling.organisations.tree, AssetStore(core.db)
    keeping = AssetService(store, cases.places, tree, core.audit, core.once, core.clock)
    progress = ProgressStore(core.db["asset_imports"])
    imports = AssetImports(core.db, progress, keeping, tree, core.audit, core.clock)
    sheets = SheetService(SheetStore(core.db), store, keeping, core.audit, core.once, core.clock, core.base_url)
    return Assets(keeping, imports, sheets)


def page_of(
    core: Core, cases: Cases, assets: AssetService, uploads: Uploads, answers: ChannelAnswers
) -> AssetReporting:
    return AssetReporting(
        assets,
        cases.store,
        cases.filing,
        cases.categories,
        uploads.service,
        ReportTexts(answers, core.base_url),
        core.limits,
        core.once,
        core.ring,
        core.clock,
    )
