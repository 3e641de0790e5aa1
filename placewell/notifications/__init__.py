"""What each person is told, in time: notifications about records, what they follow and opened, and the mails that say so.

Stage: all. A notification holds the kind of what happened and which record it is about, and no word of either: the words
stand in `tables/kinds.toml`, the record's name is read when a page is shown, by what the reader may see then.
"""
