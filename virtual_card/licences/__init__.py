"""Licences and certificates (电子证照): issued by applications and the desk, carried beside the card."""
