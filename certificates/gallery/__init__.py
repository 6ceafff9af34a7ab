"""The gallery: which designs an issuer offers, and the seals and signatures that are put under them."""
