"""The gateway's file of a day: whether it is the gateway's, and what stands in it."""
