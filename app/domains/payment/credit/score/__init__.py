"""The score of somebody who agreed to be counted: how it is made, how it explains itself, its history."""
