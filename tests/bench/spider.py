# SPDX-License-Identifier: GPL-3.0-or-later
"""What one writes with Scrapy to save a site: run by tests/tools/real-site.

usage: scrapy runspider spider.py -a start=URL -a folder=FOLDER -s CONCURRENT_REQUESTS=N
"""

from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import HtmlResponse
from scrapy.linkextractors import LinkExtractor


class SiteSpider(Spider):
    name = "site"
    custom_settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1000,  # CONCURRENT_REQUESTS alone decides
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }

    def __init__(self, start, folder, **kwargs):
        super().__init__(**kwargs)
        self.start_urls = [start]
        self.allowed_domains = [urlsplit(start).hostname]
        self.folder = Path(folder)
        self.links = LinkExtractor(deny_extensions=[])

    def parse(self, response):
        parts = urlsplit(response.url)
        file = self.folder / (parts.path.lstrip("/") or "index.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(response.body)
        if isinstance(response, HtmlResponse):
            for link in self.links.extract_links(response):
                yield Request(link.url)
