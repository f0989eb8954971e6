"""Strawberry types: what the two schemas show of the rooms. Built from models; no rule lives here."""
