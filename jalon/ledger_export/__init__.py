"""The ZAN ledger as files for people: a spreadsheet, a workbook, a document, a JSON summary."""
