"""Files of cases: what they are found to be, kept sealed, shown without harm, withdrawn."""
