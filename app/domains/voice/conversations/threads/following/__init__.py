"""Who follows a conversation, and how the word reaches them."""
