"""Sheets of codes from a shell: a file for each batch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.shell import SHELL, console, in_city
from app.core.ids import new_id
from app.domains.voice.street.assets.model import AssetKind
from app.domains.voice.street.assets.sheets.model import MOST, SheetOrder
from app.wiring import City

app = typer.Typer(no_args_is_help=True)
_assets = typer.Typer(no_args_is_help=True, help="Municipal assets and their codes.")
app.add_typer(_assets, name="assets")


@_assets.command("sheets")
def sheets(
    unit: Annotated[str, typer.Argument(help="Code of the unit that keeps them.")],
    folder: Annotated[Path, typer.Option(file_okay=False, help="Where the files go.")] = Path(),
    kind: Annotated[AssetKind | None, typer.Option(help="Of this kind alone.")] = None,
    division: Annotated[str | None, typer.Option(help="In this division alone.")] = None,
    after: Annotated[str, typer.Option(help="After this code: where an earlier run ended.")] = "",
    most: Annotated[int, typer.Option(min=1, max=MOST, help="Labels a file.")] = MOST,
) -> None:
    """Print codes of all that a unit keeps: PDFs of A4, 24 labels a page."""

    async def work(city: City) -> list[Path]:
        made, begin = list[Path](), after
        while True:
            order = SheetOrder(unit, kind, division, begin, most)
            sheet = await city.services.voice.asset_sheets.order(SHELL, order, new_id())
            made.append(folder / f"assets-{unit}-{len(made) + 1:03d}.pdf")
            made[-1].write_bytes(await city.services.voice.asset_sheets.file(sheet.id) or b"")
            if sheet.last is None:
                return made
            begin = sheet.last

    folder.mkdir(parents=True, exist_ok=True)
    for file in in_city(work):
        console.print(str(file))
