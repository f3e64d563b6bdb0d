"""What other systems read and write. It sees results, and nothing of how they came about."""
