"""By which ways cases come in and go out: messengers, callers, other cities."""
