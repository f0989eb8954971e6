"""x"""
from __future__ import annotations
from rich.console import Console
def run(console: Console, citizens: int) -> None:
    pass
