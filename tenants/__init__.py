"""The cities as data: typed profiles, the register of rules they cite, and the loader that reads them."""
