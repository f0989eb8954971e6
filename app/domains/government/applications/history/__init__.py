"""What happens to an application: its states, the entries they leave, and how a step is kept and told."""
