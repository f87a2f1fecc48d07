"""The ground floor: not a word about incidents."""
