"""How good and how fast is it? Programs that print what they measured."""
