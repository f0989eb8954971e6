"""What a unit does with a case: its queue, taking over, each step up to the reply."""
