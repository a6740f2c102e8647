"""A made-up district for trying the program out: every person, number and firm is synthetic, faults are labelled."""
