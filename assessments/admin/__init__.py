"""The section 题库 of the editor's admin, page by page."""
