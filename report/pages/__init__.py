"""The kinds of pages, one module each: what a page of that kind shows, as figures and context for its template."""
