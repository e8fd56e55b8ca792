# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of jobs, which their files and folders have too: on Linux, macOS and Windows."""

# What Windows forbids; its shares are used from everywhere.
_FORBIDDEN = set('<>:"/\\|?*')
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}
_SUMMARY = ("index.html", "summary.json")
# Leaves room for what is added while a file is written; most systems allow 255.
_LONGEST = 200


def name_problem(name: str) -> str:
    """Why a job cannot have this name; empty where it can."""
    forbidden = sorted(_FORBIDDEN.intersection(name))
    if forbidden:
        return f"holds {' '.join(forbidden)}"
    if any(ord(letter) < 32 for letter in name):
        return "holds control characters"
    if name[:1] in ". " or name[-1:] in ". ":
        return "begins or ends with a dot or a space"
    if name.partition(".")[0].casefold() in _DEVICES:
        return "is a device's on Windows"
    if name.casefold() in _SUMMARY:
        return "is the summary's"
    if len(name.encode(errors="replace")) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return ""
