"""`python -m bangban`."""

from bangban.cli import main

main()
