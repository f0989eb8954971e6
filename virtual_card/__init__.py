"""The virtual citizen card 虚拟市民卡: the card itself, its face as a picture, and the codes that prove it."""
