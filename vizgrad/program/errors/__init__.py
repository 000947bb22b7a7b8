"""What ended a program: where, in whose words, and how to mend it."""
