"""The text that lies in the inbox and says what the folder does."""

TEXT = """\
Files of training rows that are put here are queued by themselves, while Espalier runs as a window,
as `espalier daemon` or as `espalier train`.

- Here:             normal priority. Sub-folders count too.
- In priority/:     high priority. Sub-folders count too.
- taken/            holds the files that were queued. What is trained is a copy of its own, so that
                    these may be deleted.
- refused/          holds the files that could not be queued. Beside each lies a .reason.txt that says
                    why, and what to do.

A file is taken once it has not changed for a moment. Who writes slowly gives the file a name that
ends in .part or .tmp, or begins with a dot, and renames it when it is whole: such names are passed
over. Links are not followed. Nothing is deleted.
"""
