"""What is raised where a picture cannot be made."""


class LayoutError(Exception):
    """A picture could not be laid out or written; the text is one sentence for the reader."""
