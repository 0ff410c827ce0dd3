"""`python -m campaignbase` is the command `campaignbase`."""

from campaignbase.cli import main

if __name__ == "__main__":
    main()
