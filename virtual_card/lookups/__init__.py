"""The desk's look at citizens: found by what an index answers, shown masked, one field revealed for a reason."""
