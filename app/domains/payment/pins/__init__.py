"""The payment PIN: six digits that a citizen knows, the second factor beside his signed-in phone."""
