"""How many bytes of requests and answers are held at once, whoever they belong to."""


class Memory:
    """A budget of bytes that all exchanges share."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0

    def take(self, size: int) -> bool:
        """Hold so many more bytes; say whether there is room for them."""
        if self.held + size > self.most:
            return False
        self.held += size
        return True

    def give(self, size: int) -> None:
        """Hold so many fewer."""
        self.held -= size
