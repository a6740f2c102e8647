"""Queries of certificates and print runs."""

# Where name and identity number of a certificate are sealed.
SEALED_PLACE = "certificate.sealed"
