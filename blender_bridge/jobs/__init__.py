# SPDX-License-Identifier: GPL-3.0-or-later
"""Many retargets from one job file: `python -m blender_bridge batch jobs.toml`.

`job_file` reads, `state` knows what is done already, `process` runs one job, `local` and `cluster`
run all of them, `summary` and `index_page` tell what came out. `docs/batch.md` is for users.
"""
