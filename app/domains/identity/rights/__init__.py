"""A citizen's right to his own data: to have it, to have it corrected, to have it erased (PIPL, articles 44 to 50)."""
