"""The report of a period as a workbook."""
