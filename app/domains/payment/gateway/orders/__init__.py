"""Orders at the gateway: asked for, paid on its page, settled once by a notice or by asking."""
