"""On which days a service runs, and when a service day begins."""
