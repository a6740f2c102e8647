"""Workbooks from outside are hostile until read, workbooks we write are plain and safe.

package: the zip and its limits · parts: names, styles, shared strings · sheet: one pass over a sheet · child: a killable process.
"""
