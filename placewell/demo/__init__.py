"""A made-up council to look around in, built through the rooms' own actions. Nobody in it exists."""
