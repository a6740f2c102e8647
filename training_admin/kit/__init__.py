"""The kit: what every room uses and none owns. No tables, no domain, no imports from any room.

Actor, Refusal · dated figures (Period, Citation, Parameter, Policy) · rulebook (Effect, Passed, Failed, NotApplicable,
Unknown) · money in fen and shares in basis points · working days · identifiers · canonical digests · guarded workbooks.
"""
