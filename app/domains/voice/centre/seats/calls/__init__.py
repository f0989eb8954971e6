"""Calling back: was it solved, is he content?"""
