"""How figures are counted, and the lists behind them."""
