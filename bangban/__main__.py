"""`python -m bangban`."""

from bangban.loading import loading

with loading():
    from bangban.cli import main

main()
