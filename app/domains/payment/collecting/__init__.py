"""A merchant's side of paying by code: charging a code that was shown, asking how an order stands, taking it back."""
