"""Lenders' files in: read, recognised, checked, sealed, staged invisibly and published in one short transaction.

Stages, one module each: `encoding`, `delimited`, `workbook` (bytes to rows of cells); `table` (header, titles, totals);
`columns` and `forbidden` (which column is what, and what may never be held); `values` and `rows` (typed rows or
faults); `sealer` and `worker` (sealed bundles, in a process of their own for large files); `staging`, `publish` and
`sweep` (the store); `drop` (signed files of production); `jobs` and `handlers` (who may, progress, reports).
"""
