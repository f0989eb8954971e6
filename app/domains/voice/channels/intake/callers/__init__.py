"""Cases that a seat files for somebody who called or stands at the counter."""
