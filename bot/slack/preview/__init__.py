"""All that people see in Slack as one HTML page, for whoever must read the words without a workspace.

samples.py has the invented consults, chapters.py what is shown of them, in order; blocks.py, elements.py and text.py turn Slack's
blocks into HTML, frames.py puts them into a message, a modal or the home; page.py makes the page.
"""
