"""The solver of linear and whole-number programmes, as the engines use it. Imported by them alone: it takes a moment to load."""

import highspy


class Quiet(highspy.Highs):
    """A solver that says nothing, from its first breath: its greeting would go to the caller's standard output."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]
