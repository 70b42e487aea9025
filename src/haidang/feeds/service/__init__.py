"""The use cases of feeds: declaring, running, listening, replaying, and what a person does on the screen."""

from haidang.feeds.service.cleaning import JOBS
from haidang.feeds.service.runner import FeedRunner

__all__ = ["JOBS", "FeedRunner"]
