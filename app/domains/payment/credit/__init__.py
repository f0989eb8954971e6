"""Citizen credit (市民信用支付): a score from published factors, a line by its score, what is due, and appeals."""
