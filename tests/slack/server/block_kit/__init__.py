"""What Slack accepts as blocks, views and metadata, by its published limits."""

from .blocks import MESSAGE, Surface, check_blocks
from .metadata import check_metadata
from .views import check_view

__all__ = ["MESSAGE", "Surface", "check_blocks", "check_metadata", "check_view"]
