"""The homes of an estate, one by one."""
