"""Vocational training subsidies of a district: from the enterprise's workbook to an explained, auditable decision."""

__version__ = "0.1.0"
